package dev.skein.connectors.api;

import java.time.Duration;
import java.util.Optional;

/** One back end: its address and credentials. Thread-safe. */
public interface Connector extends AutoCloseable {
    /**
     * Opens a way to a topic of the back end. Does not block, and succeeds while the back end is away or the topic is
     * not there: then {@link Sink#send} fails until they are.
     *
     * @param topic the target topic as the rule names it, or a URL's path for HTTP
     * @param settings what else the rule says of its target
     */
    Sink sink(String topic, Settings settings);

    /**
     * Begins to take messages of a topic of the back end. Does not block. While the back end is away or the topic is
     * not there it looks again by itself, and tells why by {@link SourceListener#problem}.
     *
     * @param group what the nodes of the cluster share: each message goes to one of those with the same group
     * @param topic the source topic as the rule names it
     * @param settings what else the rule says of its source
     * @param listener who gets the messages
     */
    Source source(String group, String topic, Settings settings, SourceListener listener);

    /**
     * Tries address and credentials now. Blocks for at most {@code patience}.
     *
     * @return what is wrong, in a sentence with the address; empty when the back end answers
     */
    Optional<String> check(Duration patience);

    /** Ends its sinks, sources and connections. What was not told yet is told as failed. */
    @Override
    void close();
}
