package dev.skein.node.control;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The clients of an instance: those that are connected, and those that are away and have a persistent session.
 *
 * <p>Called on any thread; must not block it. The instance exists: the server has asked
 * {@link RegistryAdmin#instances()}. A stage may fail with {@link ControlException}, which the caller of the API sees;
 * any other failure is logged and answered as an internal error.
 */
public interface ClientDirectory {
    /** A page of clients, in an order that stays the same from page to page. */
    CompletionStage<ClientPage> list(ClientQuery query);

    /** A page of the persistent sessions, as the store has them: whatever they hold, and whoever is connected. */
    CompletionStage<SessionPage> sessions(SessionQuery query);

    /**
     * A page of a client's topic filters, in an order that stays the same; empty when there is no such client.
     *
     * @param after {@link SubscriptionPage#next()} of the page before; empty for the first page
     */
    CompletionStage<Optional<SubscriptionPage>> subscriptions(
            String instance, String clientId, String after, int limit);

    /**
     * One client, with the first of its topic filters; empty when it is neither connected nor has a persistent session.
     */
    CompletionStage<Optional<ClientDetail>> get(String instance, String clientId);

    /** Whether a client is connected; cheaper than {@link #get}. */
    CompletionStage<Boolean> isOnline(String instance, String clientId);

    /**
     * Closes a client's connection; its session stays as its cleanSession flag says.
     *
     * @return false when it had none
     */
    CompletionStage<Boolean> disconnect(String instance, String clientId);

    /**
     * Closes a client's connection and discards its persistent session: whoever connects next with the client ID begins
     * anew, and owns what it begins.
     *
     * @return false when it had none
     */
    CompletionStage<Boolean> discardSession(String instance, String clientId);
}
