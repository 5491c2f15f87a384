package dev.skein.node.reliability;

import dev.skein.node.reliability.Packets.Packet;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The version of MQTT that a client speaks. */
public final class Wire {
    /** MQTT 3.1.1. */
    public static final Wire THREE = new Wire(false, _ -> 0, _ -> 0);

    private static final byte[] NO_PROPERTIES = {0};
    private static final int SESSION_EXPIRY = 0x11;
    private static final int WILL_DELAY = 0x18;
    private static final int MESSAGE_EXPIRY = 0x02;
    private static final int FOR_EVER = -1;

    private final boolean five;
    private final ToIntFunction<String> expiry;
    private final ToIntFunction<String> willDelay;

    private Wire(boolean five, ToIntFunction<String> expiry, ToIntFunction<String> willDelay) {
        this.five = five;
        this.expiry = expiry;
        this.willDelay = willDelay;
    }

    /**
     * MQTT 5. A clean session ends with its connection, another one does not expire.
     *
     * @param expiry seconds of a message by its topic; 0: none
     * @param willDelay seconds of a will by its topic; 0: none
     */
    public static Wire five(ToIntFunction<String> expiry, ToIntFunction<String> willDelay) {
        return new Wire(true, expiry, willDelay);
    }

    private static byte[] number(int identifier, int value) {
        return ByteBuffer.allocate(2 + Integer.BYTES)
                .put((byte) (1 + Integer.BYTES))
                .put((byte) identifier)
                .putInt(value)
                .array();
    }

    byte[] connect(String clientId, boolean cleanSession, TestClient.@Nullable Will will) {
        if (!five) {
            return Packets.connect(clientId, cleanSession, will);
        }
        byte[] session = number(SESSION_EXPIRY, cleanSession ? 0 : FOR_EVER);
        int delay = will == null ? 0 : willDelay.applyAsInt(will.topic());
        byte[] ofWill = delay == 0 ? NO_PROPERTIES : number(WILL_DELAY, delay);
        return Packets.connect5(clientId, cleanSession, will, session, ofWill);
    }

    byte[] publish(String topic, String payload, int qos, boolean retain, boolean dup, int packetId) {
        if (!five) {
            return Packets.publish(topic, payload, qos, retain, dup, packetId);
        }
        int seconds = expiry.applyAsInt(topic);
        byte[] properties = seconds == 0 ? NO_PROPERTIES : number(MESSAGE_EXPIRY, seconds);
        return Packets.publish(topic, payload, Packets.publishHead(qos, retain, dup), packetId, properties);
    }

    byte[] subscribe(int packetId, List<String> filters, int qos) {
        return five
                ? Packets.subscribe(packetId, filters, qos, NO_PROPERTIES)
                : Packets.subscribe(packetId, filters, qos);
    }

    byte[] unsubscribe(int packetId, String filter) {
        return five ? Packets.unsubscribe(packetId, filter, NO_PROPERTIES) : Packets.unsubscribe(packetId, filter);
    }

    /** Passes over the properties that come next in a packet, if it has any. */
    void skipProperties(Packet packet) {
        if (!five) {
            return;
        }
        ByteBuffer body = packet.body();
        int length = 0;
        int shift = 0;
        byte next;
        do {
            next = body.get();
            length |= (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        body.position(body.position() + length);
    }
}
