package dev.skein.node.rule.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.node.observe.PresenceObserver.Client;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client, as notices tell of it.
 *
 * @param channelId 32 hexadecimal digits: the incarnation of its node and the number of the connection there
 * @param clientIp address and port
 * @param certificateSerial of the client's certificate, or null
 */
record Channel(
        String clientId,
        String channelId,
        String clientIp,
        @Nullable String certificateSerial) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    /** What happened to it: the words of ApsaraMQ for MQTT, which are the tags too. */
    enum Event {
        CONNECT("connect"),
        DISCONNECT("disconnect"),
        TCPCLEAN("tcpclean");

        private final String word;

        Event(String word) {
            this.word = word;
        }
    }

    static Channel of(Client client, long node) {
        return new Channel(
                client.clientId(),
                HEX.toHexDigits(node) + HEX.toHexDigits(client.connectionId()),
                NetUtil.toSocketAddressString(client.address()),
                client.certificateSerial());
    }

    /** The number of the connection on its node. */
    long connectionId() {
        return HexFormat.fromHexDigitsToLong(channelId, Long.BYTES * 2, Long.BYTES * 4);
    }

    /** Whether it was a connection of that incarnation of a node. */
    boolean isOf(long node) {
        return channelId.startsWith(HEX.toHexDigits(node));
    }

    /** The notice of {@code event}: the same key each time that it is sent. */
    SinkRecord notice(Event event, String topic, long millis, @Nullable String reason) {
        ObjectNode body = JSON.createObjectNode();
        body.put("clientId", clientId);
        body.put("time", millis);
        body.put("eventType", event.word);
        body.put("channelId", channelId);
        body.put("clientIp", clientIp);
        if (certificateSerial != null) {
            body.put("certificateChainSn", certificateSerial);
        }
        if (reason != null) {
            body.put("reason", reason);
        }
        return new SinkRecord(topic, channelId + "-" + event.word, event.word, clientId, Map.of(), bytes(body));
    }

    /** What {@link #read} reads. */
    byte[] write() {
        ObjectNode body = JSON.createObjectNode();
        body.put("clientId", clientId);
        body.put("channelId", channelId);
        body.put("clientIp", clientIp);
        body.put("certificateChainSn", certificateSerial);
        return bytes(body);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static Channel read(byte[] written) {
        try {
            JsonNode body = JSON.readTree(written);
            JsonNode serial = body.path("certificateChainSn");
            return new Channel(
                    body.path("clientId").asText(),
                    body.path("channelId").asText(),
                    body.path("clientIp").asText(),
                    serial.isTextual() ? serial.asText() : null);
        } catch (IOException e) {
            throw new IllegalArgumentException("channel: no JSON (expected: as it was written)", e);
        }
    }

    private static byte[] bytes(ObjectNode body) {
        try {
            return JSON.writeValueAsString(body).getBytes(UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("notice: not written as JSON", e); // texts and numbers always can be
        }
    }
}
