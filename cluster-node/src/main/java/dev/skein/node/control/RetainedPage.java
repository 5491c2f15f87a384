package dev.skein.node.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages of one page.
 *
 * @param messages at most as many as asked for
 * @param next what to ask the next page with; null when this is the last one
 */
public record RetainedPage(List<Message> messages, @Nullable String next) {
    /** Copies the list. */
    public RetainedPage {
        messages = List.copyOf(messages);
    }

    /**
     * One message, without its body.
     *
     * @param topic topic name
     * @param bytes of its body
     * @param qos that it was published with, 0..2
     * @param time when it was published, by the clock of the node that took it
     * @param origin who published it, such as {@code mqtt:device-1} or {@code api}; empty when it is not known
     */
    public record Message(String topic, long bytes, int qos, Instant time, String origin) {}
}
