package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.mqtt.codec.PacketEncoder;
import dev.skein.protocol.mqtt.codec.PublishEncoder;
import io.netty.buffer.ByteBuf;

/** MQTT 3.1 and 3.1.1, which differ in the Session Present flag alone. */
enum Mqtt3Writer implements PacketWriter {
    V3_1,
    V3_1_1;

    /** Protocol level of MQTT 3.1. */
    static final int LEVEL_3_1 = 3;
    /** Protocol level of MQTT 3.1.1. */
    static final int LEVEL_3_1_1 = 4;

    private static final byte FAILURE = (byte) 0x80;

    /** The one for a protocol level that is served. */
    static PacketWriter ofLevel(int level) {
        return level == LEVEL_3_1 ? V3_1 : V3_1_1;
    }

    @Override
    public boolean accepted(ByteBuf out, Welcome welcome) {
        PacketEncoder.connack(out, welcome.sessionPresent() && this == V3_1_1, 0);
        return true;
    }

    @Override
    public void refused(ByteBuf out, ConnectRefusal refusal, String detail) {
        PacketEncoder.connack(out, false, refusal.code3());
    }

    @Override
    public String describe(ConnectRefusal refusal) {
        return "return code " + refusal.code3();
    }

    @Override
    public boolean fits(Message message, int qos) {
        return true;
    }

    @Override
    public void publish(ByteBuf out, Message message, int qos, boolean dup, boolean retain, int packetId) {
        PublishEncoder.encode(out, message.topic(), message.payload(), qos, dup, retain, packetId);
    }

    @Override
    public void puback(ByteBuf out, int packetId, int code) {
        PacketEncoder.puback(out, packetId);
    }

    @Override
    public void pubrec(ByteBuf out, int packetId, int code) {
        PacketEncoder.pubrec(out, packetId);
    }

    @Override
    public void pubrel(ByteBuf out, int packetId, int code) {
        PacketEncoder.pubrel(out, packetId);
    }

    @Override
    public void pubcomp(ByteBuf out, int packetId, int code) {
        PacketEncoder.pubcomp(out, packetId);
    }

    @Override
    public void suback(ByteBuf out, int packetId, byte[] codes) {
        byte[] granted = codes.clone();
        for (int i = 0; i < granted.length; i++) {
            granted[i] = granted[i] < 0 ? FAILURE : granted[i];
        }
        PacketEncoder.suback(out, packetId, granted);
    }

    @Override
    public void unsuback(ByteBuf out, int packetId, byte[] codes) {
        PacketEncoder.unsuback(out, packetId);
    }

    @Override
    public void pingresp(ByteBuf out) {
        PacketEncoder.pingresp(out);
    }

    @Override
    public boolean auth(ByteBuf out, int code, AuthData data) {
        return false;
    }

    @Override
    public void disconnect(ByteBuf out, Reason reason, String detail) {
        // A server of MQTT 3.1.1 closes without a word.
    }
}
