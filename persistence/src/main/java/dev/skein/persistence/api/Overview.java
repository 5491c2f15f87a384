package dev.skein.persistence.api;

import dev.skein.protocol.message.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What operators look at: how many and how large, never the bodies, so that it can be asked whatever is stored.
 *
 * <p>Thread-safe; no method blocks. A stage fails with {@link StoreUnavailableException} when the database refused.
 */
public interface Overview {
    /** A page ends with the entry with which its texts have so many characters. */
    int PAGE_CHARS = 1_000_000;

    /** What makes a session large. */
    enum Size {
        /** Bytes of its topic filters. */
        FILTERS,
        /** Messages in its queue. */
        QUEUE
    }

    /**
     * Entries of one instance.
     *
     * @param entries how many
     * @param bytes what they hold: payloads and topics, or topic filters
     */
    record Usage(long entries, long bytes) {
        /** Nothing. */
        public static final Usage NONE = new Usage(0, 0);
    }

    /**
     * Sessions in the order of their client IDs, in pages; one that is not full is the last.
     *
     * @param afterClientId empty for the first page, then the last client ID of the page before
     * @param limit 1..1000
     */
    CompletionStage<List<SessionSummary>> sessions(String instance, String afterClientId, int limit);

    /** One session; empty when the client has none. */
    CompletionStage<Optional<SessionSummary>> session(SessionKey key);

    /** The largest sessions, the largest one first. Looks at all of them. */
    CompletionStage<List<SessionSummary>> largest(String instance, Size by, int limit);

    /**
     * Subscriptions of a session, in an order that stays the same, in pages. One ends before {@code limit} when its
     * filters have {@link #PAGE_CHARS}; an empty one is the end.
     *
     * @param afterFilter empty for the first page, then the {@link Subscription#fullFilter} of the last of the page
     *     before
     */
    CompletionStage<List<Subscription>> subscriptions(long sessionId, String afterFilter, int limit);

    /**
     * Retained messages in the order of their topics, in pages; an empty one is the end. One ends before {@code limit}
     * when its topics have {@link #PAGE_CHARS}.
     *
     * @param prefix topics that begin with it; empty for all
     * @param afterTopic empty for the first page, then the last topic of the page before
     */
    CompletionStage<List<RetainedSummary>> retained(String instance, String prefix, String afterTopic, int limit);

    /** Retained messages of an instance. Reads all of them: not for every request. */
    CompletionStage<Usage> retainedUsage(String instance);

    /** Topic filters of the persistent sessions of an instance. Reads all of them: not for every request. */
    CompletionStage<Usage> filterUsage(String instance);
}
