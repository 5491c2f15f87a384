package dev.skein.loadtest.mqtt;

/**
 * The version of MQTT that a client speaks, and what its CONNECT announces in MQTT 5.
 *
 * @param version 3: MQTT 3.1.1, 5: MQTT 5
 * @param receiveMaximum messages at QoS 1 and 2 that the client takes before it has acknowledged one, 1..65535
 * @param topicAliases whether aliases stand for topics, in both directions
 */
public record Protocol(int version, int receiveMaximum, boolean topicAliases) {
    /** What a client takes that announces nothing (MQTT 5 section 3.1.2.11.3). */
    public static final int NO_RECEIVE_MAXIMUM = 65_535;

    /** MQTT 3.1.1. */
    public static final Protocol MQTT_3_1_1 = new Protocol(3, NO_RECEIVE_MAXIMUM, false);

    /** MQTT 5 that announces nothing. */
    public static final Protocol MQTT_5 = new Protocol(5, NO_RECEIVE_MAXIMUM, false);

    /** Aliases that a client takes from the broker when it takes some. */
    static final int ALIASES = 16;

    /** Refuses what no version has. */
    public Protocol {
        if (version != 3 && version != 5) {
            throw new IllegalArgumentException("MQTT version: " + version + " (expected: 3 or 5)");
        }
        if (receiveMaximum < 1 || receiveMaximum > NO_RECEIVE_MAXIMUM) {
            throw new IllegalArgumentException("receive maximum: " + receiveMaximum + " (expected: 1..65535)");
        }
        if (version == 3 && (receiveMaximum != NO_RECEIVE_MAXIMUM || topicAliases)) {
            throw new IllegalArgumentException("receive maximum, topic aliases: given (expected: MQTT version 5)");
        }
    }

    /** Whether it is MQTT 5. */
    public boolean isMqtt5() {
        return version == 5;
    }
}
