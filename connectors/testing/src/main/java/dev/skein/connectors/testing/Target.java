package dev.skein.connectors.testing;

import dev.skein.connectors.api.Connector;
import java.util.List;

/** A real back end, as the contracts of connectors see it. */
public interface Target {
    /** Starts it, or starts it again with what it had stored. */
    void start();

    /** SIGKILL, or what comes near it. */
    void kill();

    /** Makes a topic with some queues or partitions. */
    void createTopic(String topic);

    /** A connector to it, with short intervals. Works while it is away. */
    Connector connector();

    /** What it has stored of a topic, by queue or partition, oldest first; read without the connector. */
    List<List<Stored>> stored(String topic) throws Exception;

    /** What an error text must name. */
    String address();

    /**
     * A record as the target has it.
     *
     * @param key the message key
     * @param tag empty when the target has no tags
     * @param body the body
     * @param property the value of the user property {@code p}
     */
    record Stored(String key, String tag, String body, String property) {}
}
