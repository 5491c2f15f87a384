package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Message;
import io.netty.buffer.ByteBuf;

/** Packets to a client, in the form of its version of MQTT. Without state; each method appends one packet. */
interface PacketWriter {
    /** CONNACK: the client is connected. */
    void accepted(ByteBuf out, boolean sessionPresent);

    /** CONNACK with a return code of MQTT 3.1.1, table 3.1, other than 0 [MQTT-3.2.2-4]. */
    void refused(ByteBuf out, int code);

    /** PUBLISH; {@code packetId} is 0 at QoS 0. */
    void publish(ByteBuf out, Message message, int qos, boolean dup, boolean retain, int packetId);

    void puback(ByteBuf out, int packetId);

    void pubrec(ByteBuf out, int packetId);

    void pubrel(ByteBuf out, int packetId);

    void pubcomp(ByteBuf out, int packetId);

    /** SUBACK with one return code for each filter. */
    void suback(ByteBuf out, int packetId, byte[] codes);

    void unsuback(ByteBuf out, int packetId);

    void pingresp(ByteBuf out);
}
