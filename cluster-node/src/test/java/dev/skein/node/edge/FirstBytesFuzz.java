package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.net.UnknownHostException;
import java.util.Arrays;

/** What a stranger sends before MQTT: PROXY headers, a ClientHello, a WebSocket request, WebSocket frames. */
public final class FirstBytesFuzz {
    private static final int LINE = 4096;
    private static final int HEADERS = 16 * 1024;
    private static final int CUT = 7;

    private FirstBytesFuzz() {}

    /** The first byte says what the others are meant for. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        switch (data[0] & 3) {
            case 0 -> proxyHeader(bytes);
            case 1 -> clientHello(bytes);
            case 2 -> request(bytes);
            default -> frames(bytes);
        }
    }

    private static void proxyHeader(byte[] bytes) throws UnknownHostException {
        EmbeddedChannel channel = new EmbeddedChannel(new ProxyHeader());
        try {
            feed(channel, bytes);
            for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
                if (each instanceof HAProxyMessage header) {
                    ProxyHeader.client(header);
                }
                ReferenceCountUtil.release(each);
            }
        } catch (HAProxyProtocolException e) {
            // Refused.
        } finally {
            end(channel);
        }
    }

    private static void clientHello(byte[] bytes) {
        ByteBuf first = Unpooled.copiedBuffer(bytes);
        ClientHello whole = ClientHello.of(first);
        FirstBytes.of(first).whereHttpIsExpected();
        if (whole == ClientHello.WHOLE) {
            for (int length = 0; length < bytes.length; length++) {
                ClientHello part = ClientHello.of(Unpooled.wrappedBuffer(bytes, 0, length));
                if (part != ClientHello.PARTIAL && part != ClientHello.WHOLE) {
                    throw new AssertionError(
                            length + " bytes: " + part + " (expected: the beginning of a ClientHello)");
                }
            }
        }
        first.release();
    }

    private static void request(byte[] bytes) {
        EmbeddedChannel channel =
                new EmbeddedChannel(new HttpServerCodec(LINE, HEADERS, LINE), new HttpObjectAggregator(1024));
        try {
            feed(channel, bytes);
            for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
                if (each instanceof FullHttpRequest request) {
                    WebSocketUpgrade.answer(request).release();
                }
                ReferenceCountUtil.release(each);
            }
        } finally {
            end(channel);
        }
    }

    private static void frames(byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());
        try {
            feed(channel, bytes);
        } finally {
            end(channel);
        }
    }

    private static void feed(EmbeddedChannel channel, byte[] bytes) {
        for (int at = 0; at < bytes.length && channel.isOpen(); at += CUT) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(CUT, bytes.length - at)));
        }
    }

    private static void end(EmbeddedChannel channel) {
        try {
            channel.finishAndReleaseAll();
        } catch (HAProxyProtocolException e) {
            // What was left was no header either.
        }
    }
}
