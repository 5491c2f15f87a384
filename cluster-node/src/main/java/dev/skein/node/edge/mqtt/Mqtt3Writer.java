package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Message;
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

    /** The one for a protocol level that is served. */
    static PacketWriter ofLevel(int level) {
        return level == LEVEL_3_1 ? V3_1 : V3_1_1;
    }

    @Override
    public void accepted(ByteBuf out, boolean sessionPresent) {
        PacketEncoder.connack(out, sessionPresent && this == V3_1_1, 0);
    }

    @Override
    public void refused(ByteBuf out, int code) {
        PacketEncoder.connack(out, false, code);
    }

    @Override
    public void publish(ByteBuf out, Message message, int qos, boolean dup, boolean retain, int packetId) {
        PublishEncoder.encode(out, message.topic(), message.payload(), qos, dup, retain, packetId);
    }

    @Override
    public void puback(ByteBuf out, int packetId) {
        PacketEncoder.puback(out, packetId);
    }

    @Override
    public void pubrec(ByteBuf out, int packetId) {
        PacketEncoder.pubrec(out, packetId);
    }

    @Override
    public void pubrel(ByteBuf out, int packetId) {
        PacketEncoder.pubrel(out, packetId);
    }

    @Override
    public void pubcomp(ByteBuf out, int packetId) {
        PacketEncoder.pubcomp(out, packetId);
    }

    @Override
    public void suback(ByteBuf out, int packetId, byte[] codes) {
        PacketEncoder.suback(out, packetId, codes);
    }

    @Override
    public void unsuback(ByteBuf out, int packetId) {
        PacketEncoder.unsuback(out, packetId);
    }

    @Override
    public void pingresp(ByteBuf out) {
        PacketEncoder.pingresp(out);
    }
}
