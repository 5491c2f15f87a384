package dev.skein.loadtest;

import dev.skein.loadtest.mqtt.Protocol;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the version of MQTT. */
final class Mqtt5Options {
    @Option(
            names = "--mqtt-version",
            paramLabel = "3|5",
            defaultValue = "3",
            description = "Version of every client: 3 for MQTT 3.1.1, or 5 (default: ${DEFAULT-VALUE}).")
    private int version;

    @Option(
            names = "--receive-maximum",
            description = "MQTT 5: messages at QoS 1 and 2 that each client takes unacknowledged, 1..65535 (default:"
                    + " 65535).")
    private @Nullable Integer receiveMaximum;

    @Option(
            names = "--topic-aliases",
            description = "MQTT 5: publishers send an alias in place of their topic from the second message on;"
                    + " subscribers take aliases.")
    private boolean topicAliases;

    /** What the options say; an IllegalArgumentException is a usage error. */
    Protocol protocol() {
        if (version == 3 && (receiveMaximum != null || topicAliases)) {
            throw new IllegalArgumentException(
                    "--receive-maximum, --topic-aliases: given (expected: --mqtt-version 5 with them)");
        }
        if (receiveMaximum != null && (receiveMaximum < 1 || receiveMaximum > Protocol.NO_RECEIVE_MAXIMUM)) {
            throw new IllegalArgumentException("--receive-maximum: " + receiveMaximum + " (expected: 1..65535)");
        }
        if (version != 3 && version != 5) {
            throw new IllegalArgumentException("--mqtt-version: " + version + " (expected: 3 or 5)");
        }
        return new Protocol(
                version, receiveMaximum == null ? Protocol.NO_RECEIVE_MAXIMUM : receiveMaximum, topicAliases);
    }
}
