package dev.skein.node.conformance;

import org.jspecify.annotations.Nullable;

/**
 * A broker that somebody else started, named by system properties: {@code skein.test.host} (127.0.0.1 unless told),
 * {@code skein.test.port}, {@code skein.test.wsPort} and {@code skein.test.broker} ({@code mosquitto} unless told).
 */
public record ExternalBroker(String name, String host, int mqttPort, int wsPort) implements BrokerUnderTest {
    /** The broker of the system properties; null when {@code skein.test.port} is not set. */
    public static @Nullable ExternalBroker fromProperties() {
        @Nullable Integer port = Integer.getInteger("skein.test.port");
        if (port == null) {
            return null;
        }
        return new ExternalBroker(
                System.getProperty("skein.test.broker", "mosquitto"),
                System.getProperty("skein.test.host", "127.0.0.1"),
                port,
                Integer.getInteger("skein.test.wsPort", 0));
    }

    @Override
    public void close() {
        // Not ours to stop.
    }
}
