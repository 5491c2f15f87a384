package dev.skein.node.registry;

import java.time.Duration;

/**
 * Limits that only a client of MQTT 5 can meet, or is told.
 *
 * @param packetBytes of a whole packet of such a client; 0 for {@code skein.mqtt.max-packet-size}
 * @param topicAliases that such a client may use, at the most; 0 for none
 * @param propertyBytes of the properties of one message; 0 for no limit
 * @param messageExpiryMin a shorter expiry of a message is taken as this; zero for no limit
 * @param messageExpiryMax a longer expiry of a message is taken as this; zero for no limit
 * @param responseInformation what a client that asks for it is told of the topics of responses; empty for nothing
 */
public record Mqtt5Limits(
        int packetBytes,
        int topicAliases,
        int propertyBytes,
        Duration messageExpiryMin,
        Duration messageExpiryMax,
        String responseInformation) {
    /** What {@code auto} means in open mode. */
    public static final Mqtt5Limits OPEN = new Mqtt5Limits(0, 65_535, 0, Duration.ZERO, Duration.ZERO, "");

    /** The documented limits: what {@code auto} means in apsara mode. */
    public static final Mqtt5Limits APSARA =
            new Mqtt5Limits(131_072, 30, 8192, Duration.ofMinutes(1), Duration.ofDays(3), "");
}
