package dev.skein.node.conformance;

/** The broker that the conformance cases talk to. */
public interface BrokerUnderTest extends AutoCloseable {
    /** Name that a case uses to tell of a deviation: {@code skein} or {@code mosquitto}. */
    String name();

    /** Address of both listeners. */
    String host();

    /** Port of the plain MQTT listener. */
    int mqttPort();

    /** Port of the WebSocket listener. */
    int wsPort();

    @Override
    void close();
}
