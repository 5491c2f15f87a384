package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;

/** What a connection is for. Every method runs on the connection's event loop. */
public interface Role {
    /** CONNACK accepted the connection. */
    void connected(Connection connection);

    /**
     * SUBACK came.
     *
     * @param lowestGranted the lowest granted QoS of all filters, or 0x80 when one was refused
     */
    default void subscribed(Connection connection, int lowestGranted) {}

    /**
     * One PUBLISH. Its bytes stay in {@code in} and are gone when this returns.
     *
     * @param at index of the payload
     * @param size bytes of payload
     * @param packetId 0 at QoS 0
     * @param now {@link System#nanoTime()} when its bytes were read
     */
    default void published(Connection connection, ByteBuf in, int at, int size, int qos, int packetId, long now) {}

    /** PUBACK for {@code packetId}. */
    default void puback(Connection connection, int packetId) {}

    /** PUBREC for {@code packetId}. */
    default void pubrec(Connection connection, int packetId) {}

    /** PUBREL for {@code packetId}. */
    default void pubrel(Connection connection, int packetId) {}

    /** PUBCOMP for {@code packetId}. */
    default void pubcomp(Connection connection, int packetId) {}

    /** A batch of packets was read, or the connection can be written again. The connection flushes before this. */
    default void ready(Connection connection, long now) {}

    /** The connection is over; called once, also when it never came up. */
    void closed(Connection connection, String reason);
}
