package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the first bytes of a connection show when a client has connected to the wrong listener. */
enum FirstBytes {
    TLS,
    HTTP,
    MQTT,
    /** None of them, or too few bytes to tell. */
    OTHER;

    private static final int HANDSHAKE_RECORD = 0x16;
    private static final int TLS_MAJOR = 3;
    private static final int CONNECT = 0x10;
    private static final int METHOD_BYTES = 4;
    private static final Set<String> METHODS =
            Set.of("GET ", "POST", "PUT ", "HEAD", "OPTI", "DELE", "PATC", "CONN", "TRAC", "PRI ");

    static FirstBytes of(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int readable = bytes.readableBytes();
        if (readable > 1 && bytes.getByte(at) == HANDSHAKE_RECORD && bytes.getByte(at + 1) == TLS_MAJOR) {
            return TLS;
        }
        if (readable > 0 && bytes.getByte(at) == CONNECT) {
            return MQTT;
        }
        boolean method = readable >= METHOD_BYTES
                && METHODS.contains(bytes.toString(at, METHOD_BYTES, StandardCharsets.US_ASCII));
        return method ? HTTP : OTHER;
    }

    /** Why this is wrong where MQTT is expected, and what to do; null when it is not known to be. */
    @Nullable
    String whereMqttIsExpected() {
        return switch (this) {
            case TLS ->
                "TLS handshake on a listener without TLS (expected: MQTT; TLS clients connect to skein.listeners.mqtts,"
                        + " which is open when skein.tls.certificate is set)";
            case HTTP ->
                "HTTP request on an MQTT listener (expected: MQTT; WebSocket clients connect to skein.listeners.ws or"
                        + " wss, health checks and metrics to skein.http)";
            case MQTT, OTHER -> null;
        };
    }

    /** As {@link #whereMqttIsExpected}, for a TLS handshake. */
    @Nullable
    String whereTlsIsExpected() {
        return switch (this) {
            case MQTT ->
                "MQTT without TLS on a listener with TLS (expected: a TLS handshake; the client has to use TLS, or to"
                        + " connect to skein.listeners.mqtt)";
            case HTTP ->
                "HTTP without TLS on a listener with TLS (expected: a TLS handshake; the client has to use wss:// or"
                        + " https://, or to connect to skein.listeners.ws)";
            case TLS, OTHER -> null;
        };
    }

    /** As {@link #whereMqttIsExpected}, for the request that opens a WebSocket. */
    @Nullable
    String whereHttpIsExpected() {
        return switch (this) {
            case TLS ->
                "TLS handshake on a listener without TLS (expected: a WebSocket; wss:// clients connect to"
                        + " skein.listeners.wss, which is open when skein.tls.certificate is set)";
            case MQTT ->
                "MQTT without WebSocket on a WebSocket listener (expected: a WebSocket; other clients connect to"
                        + " skein.listeners.mqtt or mqtts)";
            case HTTP, OTHER -> null;
        };
    }
}
