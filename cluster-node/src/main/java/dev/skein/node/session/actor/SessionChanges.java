package dev.skein.node.session.actor;

import dev.skein.node.session.actor.SessionCommand.Subscribe;
import dev.skein.node.session.actor.SessionCommand.Unsubscribe;
import dev.skein.node.session.actor.SessionEvents.Done;
import dev.skein.node.session.actor.SessionEvents.LoadFailed;
import dev.skein.node.session.actor.SessionEvents.Loaded;
import dev.skein.node.session.actor.SessionEvents.Next;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredSubscription;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * Reads a session and changes it, in the store and in the route tables. The session is busy until {@link Done} comes,
 * one of which follows each change. Confined to the session.
 */
final class SessionChanges {
    private final ActorContext<SessionCommand> context;
    private final SessionContext shared;
    private final SessionKey key;
    private final SubscribedFilters subscriptions;
    private final RouteChanges routes;

    SessionChanges(
            ActorContext<SessionCommand> context,
            SessionContext shared,
            SessionKey key,
            SubscribedFilters subscriptions) {
        this.context = context;
        this.shared = shared;
        this.key = key;
        this.subscriptions = subscriptions;
        this.routes = new RouteChanges(context, shared, key);
    }

    /** Reads the session; {@link Loaded} or {@link LoadFailed} follows. */
    void load() {
        context.pipeToSelf(
                shared.restores().find(key),
                (session, failure) ->
                        failure == null ? new Loaded(session) : new LoadFailed(String.valueOf(failure.getMessage())));
    }

    private void pipe(CompletionStage<?> change, Next next) {
        context.pipeToSelf(change, (_, failure) -> new Done(failure, next));
    }

    /** Makes the session; {@code created} has it when nothing failed. */
    void create(Consumer<StoredSession> created, Next next) {
        context.pipeToSelf(
                shared.sessions().create(key, shared.clock().millis()),
                (session, failure) -> new Done(failure, why -> {
                    if (why == null) {
                        created.accept(session);
                    }
                    next.run(why);
                }));
    }

    /** Removes the session everywhere: from the store, then from the route tables. */
    void discard(StoredSession session, Next next) {
        List<String> filters = subscriptions.names();
        subscriptions.clear();
        pipe(shared.sessions().delete(session).thenCompose(_ -> routes.remove(session.id(), filters)), next);
    }

    void subscribe(StoredSession session, Subscribe subscribe) {
        List<StoredSubscription> wanted = subscribe.subscriptions().stream()
                .map(each -> new StoredSubscription(each.filter(), each.qos()))
                .toList();
        pipe(
                shared.sessions()
                        .subscribe(session, wanted)
                        .thenCompose(_ -> routes.put(session.id(), subscribe.subscriptions())),
                why -> {
                    subscriptions.put(wanted);
                    Answers.changed(subscribe.connection(), subscribe.request(), why);
                });
    }

    /** False when there is nothing to change: that is answered at once. */
    boolean unsubscribe(StoredSession session, Unsubscribe unsubscribe) {
        List<String> known =
                unsubscribe.filters().stream().filter(subscriptions::contains).toList();
        if (known.isEmpty()) {
            Answers.changed(unsubscribe.connection(), unsubscribe.request(), null);
            return false;
        }
        pipe(
                shared.sessions().unsubscribe(session, known).thenCompose(_ -> routes.remove(session.id(), known)),
                why -> {
                    subscriptions.remove(known);
                    Answers.changed(unsubscribe.connection(), unsubscribe.request(), why);
                });
        return true;
    }
}
