package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Reason;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Packets to one client, in the form of its version of MQTT; each method appends one packet, or none where that version
 * has none for it. Codes are reason codes of MQTT 5, which other versions put in their own words. Confined to the
 * client's event loop.
 */
interface PacketWriter {
    /**
     * What CONNACK tells a client that is connected.
     *
     * @param sessionPresent whether its session was there
     * @param assigned client ID that the node has chosen, or null
     * @param keepAlive seconds that count in place of those that it asked for; -1: these count
     * @param sessionExpiry the same for the expiry of its session
     * @param proof the last data of enhanced authentication, or null when it had none
     */
    record Welcome(
            boolean sessionPresent,
            @Nullable String assigned,
            int keepAlive,
            long sessionExpiry,
            @Nullable AuthData proof) {}

    /** CONNACK: the client is connected. False, and no packet, when the client does not take one of that size. */
    boolean accepted(ByteBuf out, Welcome welcome);

    /** CONNACK: it is not; {@code detail} says why, for people. */
    void refused(ByteBuf out, ConnectRefusal refusal, String detail);

    /** The code of {@link #refused}, for the log. */
    String describe(ConnectRefusal refusal);

    /** Whether the client takes a PUBLISH of this size. */
    boolean fits(Message message, int qos);

    /** PUBLISH; {@code packetId} is 0 at QoS 0. */
    void publish(ByteBuf out, Message message, int qos, boolean dup, boolean retain, int packetId);

    void puback(ByteBuf out, int packetId, int code);

    void pubrec(ByteBuf out, int packetId, int code);

    void pubrel(ByteBuf out, int packetId, int code);

    void pubcomp(ByteBuf out, int packetId, int code);

    /** SUBACK with one code for each filter: the QoS granted, or why there is none. */
    void suback(ByteBuf out, int packetId, byte[] codes);

    /** UNSUBACK with one code for each filter. */
    void unsuback(ByteBuf out, int packetId, byte[] codes);

    void pingresp(ByteBuf out);

    /** AUTH with a reason code. False, and no packet, when the client does not take one of that size. */
    boolean auth(ByteBuf out, int code, AuthData data);

    /** DISCONNECT: the node ends the connection. */
    void disconnect(ByteBuf out, Reason reason, String detail);
}
