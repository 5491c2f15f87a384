package dev.skein.node.route.actor;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayList;
import java.util.List;

/** What was found so far for one answer. Used by one thread after another. */
final class RetainedSearch {
    /** Topics looked at for one answer: a filter that matches few of many is answered in several pages. */
    private static final int SCAN_MAX = 20_000;
    /** Bytes after which an answer ends: it may have to travel to another node. */
    private static final int ANSWER_BYTES = 256 * 1024;

    private final String filter;
    private final int limit;
    private final List<RetainedMessage> found = new ArrayList<>();
    private int matching;
    private int seen;
    private int bytes;
    private String last;

    /** Finds at most {@code limit} messages, at least one, whose topics match and come after {@code afterTopic}. */
    RetainedSearch(String filter, String afterTopic, int limit) {
        this.filter = filter;
        this.last = afterTopic;
        this.limit = Math.max(limit, 1);
    }

    /** Whether the answer takes no more. */
    boolean isFull() {
        return matching >= limit || seen == SCAN_MAX || bytes > ANSWER_BYTES;
    }

    /** Looks at one topic, with a body of so many bytes; returns whether it is part of the answer. */
    boolean matches(String topic, int body) {
        seen++;
        last = topic;
        boolean match = TopicFilters.matches(filter, topic);
        if (match) {
            matching++;
            bytes += body + topic.length();
        }
        return match;
    }

    /** Adds what {@link #matches}. */
    void add(RetainedMessage message) {
        found.add(message);
    }

    /** Looks at {@code messages}; false when the answer is full before their end. */
    boolean take(List<RetainedMessage> messages) {
        for (RetainedMessage message : messages) {
            if (isFull()) {
                return false;
            }
            if (matches(message.topic(), message.payload().length)) {
                add(message);
            }
        }
        return true;
    }

    /** The last topic that was looked at. */
    String last() {
        return last;
    }

    String filter() {
        return filter;
    }

    /** The answer, after which the search goes on from {@link #last}. */
    RouterCommand.RetainedPage page() {
        return new RouterCommand.RetainedPage(found, last);
    }

    /** The answer, after which there is nothing more. */
    RouterCommand.RetainedPage lastPage() {
        return new RouterCommand.RetainedPage(found, "");
    }
}
