package dev.skein.node.control;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one client.
 *
 * @param summary what a list shows of it
 * @param username name that it connected with; null for an anonymous one, or while offline when it is not kept
 * @param group Group ID; null where the client ID holds none
 * @param keepAliveSeconds keep-alive in force, 0 for none; null while offline
 * @param listener listener that it came through, such as {@code mqtt}; null while offline
 * @param subscriptions topic filters with the granted QoS, the first {@value #SUBSCRIPTIONS} of them
 * @param counters of the present connection; zero while offline
 */
public record ClientDetail(
        @JsonUnwrapped ClientSummary summary,
        @Nullable String username,
        @Nullable String group,
        @Nullable Integer keepAliveSeconds,
        @Nullable String listener,
        List<Subscription> subscriptions,
        Counters counters) {
    /** Topic filters that one answer shows at the most. */
    public static final int SUBSCRIPTIONS = 1000;

    /** Copies the list. */
    public ClientDetail {
        subscriptions = List.copyOf(subscriptions);
    }

    /**
     * One subscription.
     *
     * @param filter topic filter
     * @param qos granted QoS, 0..2
     * @param noLocal whether what the client itself publishes is left out
     * @param retainAsPublished whether messages keep the RETAIN flag of their publisher
     * @param retainHandling 0: retained messages are sent, 1: only when the subscription is new, 2: they are not
     * @param identifier told with each message that it brings; null for none
     */
    public record Subscription(
            String filter,
            int qos,
            boolean noLocal,
            boolean retainAsPublished,
            int retainHandling,
            @Nullable Integer identifier) {}

    /**
     * Messages since the connection began.
     *
     * @param received PUBLISH packets from the client
     * @param delivered PUBLISH packets to the client, repeats included
     * @param dropped messages meant for the client that it will not get
     */
    public record Counters(long received, long delivered, long dropped) {
        /** Nothing counted. */
        public static final Counters ZERO = new Counters(0, 0, 0);
    }
}
