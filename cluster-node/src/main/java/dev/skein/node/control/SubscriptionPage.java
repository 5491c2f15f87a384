package dev.skein.node.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Topic filters of one client.
 *
 * @param subscriptions at most as many as asked for; fewer when they are long
 * @param next what to ask the next page with; null when this is the last one
 */
public record SubscriptionPage(
        List<ClientDetail.Subscription> subscriptions,
        @Nullable String next) {
    /** Copies the list. */
    public SubscriptionPage {
        subscriptions = List.copyOf(subscriptions);
    }
}
