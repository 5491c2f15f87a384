package dev.skein.loadtest.mqtt;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What every client says in its CONNECT.
 *
 * @param clean the Clean Session flag
 * @param keepAliveSeconds 0..65535 s; 0 turns keep-alive off
 * @param username the user name, or null for none
 * @param password the password, or null for none; needs a user name [MQTT-3.1.2-22]
 * @param will the will message, or null for none
 * @param protocol the version and what only it has
 */
public record ConnectOptions(
        boolean clean,
        int keepAliveSeconds,
        @Nullable String username,
        @Nullable String password,
        @Nullable Will will,
        Protocol protocol) {
    /** Refuses what the protocol cannot carry. */
    public ConnectOptions {
        if (keepAliveSeconds < 0 || keepAliveSeconds > 0xFFFF) {
            throw new IllegalArgumentException("keep-alive: " + keepAliveSeconds + " (expected: 0..65535 seconds)");
        }
        if (password != null && username == null) {
            throw new IllegalArgumentException("password: given (expected: a user name with it)");
        }
    }

    /** What a client of MQTT 3.1.1 says that has no will. */
    public ConnectOptions(boolean clean, int keepAliveSeconds, @Nullable String username, @Nullable String password) {
        this(clean, keepAliveSeconds, username, password, null, Protocol.MQTT_3_1_1);
    }

    /** The same with another version. */
    public ConnectOptions with(Protocol other) {
        return new ConnectOptions(clean, keepAliveSeconds, username, password, will, other);
    }

    /** The same with the Clean Session flag set and no will. */
    public ConnectOptions cleaned() {
        return new ConnectOptions(true, keepAliveSeconds, username, password, null, protocol);
    }

    /**
     * A will message.
     *
     * @param body big-endian payload; nobody changes it
     * @param qos 0..2
     */
    public record Will(String topic, ByteBuffer body, int qos, boolean retain) {}
}
