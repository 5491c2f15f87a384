package dev.skein.node.session.actor;

import dev.skein.node.audit.AuditLog;
import dev.skein.node.cluster.Membership;
import dev.skein.node.session.actor.SessionCommand.Subscribe;
import dev.skein.node.session.actor.SessionCommand.Unsubscribe;
import dev.skein.node.session.actor.SessionEvents.Answered;
import dev.skein.node.session.actor.SessionEvents.Changed;
import dev.skein.node.session.lock.Claim;
import dev.skein.node.session.lock.Effect;
import dev.skein.node.session.lock.Input;
import dev.skein.node.session.lock.Question;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Subscription;
import dev.skein.protocol.topic.SharedFilters;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * What a session asks of others: the store, the routers, the publisher of wills, other nodes. Their answers come to the
 * session as inputs of its lock. Confined to the session.
 */
final class SessionChanges {
    /** With the deadline for an old connection to leave, less than a CONNECT waits for its answer. */
    private static final Duration WILLS_DEADLINE = Duration.ofSeconds(4);

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

    /** Reads the session. */
    void load() {
        context.pipeToSelf(shared.restores().find(key), (found, failure) -> {
            if (failure != null) {
                return new Changed(
                        () -> context.getLog().warn("session {} could not be read: {}", key, failure.getMessage()),
                        new Input.LoadFailed());
            }
            StoredSession session = found.orElse(null);
            return new Changed(
                    () -> {
                        if (session != null) {
                            subscriptions.put(session.subscriptions());
                        }
                    },
                    new Input.Loaded(session));
        });
    }

    /** Asks nodes for a connection of the client. */
    void search(Set<Long> nodes) {
        Membership membership = shared.membership();
        nodes.forEach(uid -> {
            Membership.ClusterNode node = uid == shared.here() ? membership.self() : membership.find(uid);
            if (node != null) { // it may have gone since
                membership
                        .<ConnectionEvent>actorOn(node, ConnectionEvent.GATEWAY)
                        .tell(new ConnectionEvent.WhoHolds(0, key, context.getSelf()));
            }
        });
    }

    /** Has the wills of the client's former connections published, or forgotten. */
    void settleWills(Effect.SettleWills asked) {
        PendingWills wills = shared.wills();
        CompletionStage<Void> settled = asked.disconnected()
                ? wills.drop(asked.overdue()).thenCompose(_ -> wills.settle(key, 0, asked.takenUp()))
                : wills.settle(key, asked.overdue(), asked.takenUp());
        context.pipeToSelf(
                settled.toCompletableFuture().copy().orTimeout(WILLS_DEADLINE.toMillis(), TimeUnit.MILLISECONDS),
                (_, failure) -> failure == null
                        ? new Answered(new Input.WillsSettled(false))
                        : new Changed(
                                () -> context.getLog()
                                        .warn(
                                                "session {}: the will of an earlier connection is not published: {}",
                                                key,
                                                failure.toString()),
                                new Input.WillsSettled(true)));
    }

    /** Makes the session as {@code next} wants it. */
    void create(Claim next) {
        StoredSession wanted = StoredSession.wanted(
                key,
                next.owner(),
                StoredSession.expirySeconds(next.term()),
                next.connection().node(),
                shared.clock().millis());
        context.pipeToSelf(
                shared.sessions().create(wanted),
                (session, failure) -> failure == null
                        ? new Answered(new Input.Committed(session))
                        : new Changed(() -> refused(failure), new Input.ChangeFailed()));
    }

    private void pipe(CompletionStage<?> change, Consumer<@Nullable Throwable> first) {
        context.pipeToSelf(
                change,
                (_, failure) -> new Changed(
                        () -> {
                            if (failure != null) {
                                refused(failure);
                            }
                            first.accept(failure);
                        },
                        failure == null ? new Input.Committed(null) : new Input.ChangeFailed()));
    }

    /** Notes how the session goes on, and gives it to {@code owner} unless that is null. */
    void takeUp(StoredSession session, @Nullable String owner) {
        CompletionStage<Void> noted = shared.sessions().note(session);
        CompletionStage<Void> done =
                owner == null ? noted : shared.sessions().own(session, owner).thenCompose(_ -> noted);
        pipe(done, _ -> {
            // The lock tells who waits for it.
        });
    }

    /** Notes when the client was there, and how the session ends. */
    void note(StoredSession session) {
        ActorRef<SessionCommand> self = context.getSelf();
        shared.sessions().note(session).whenComplete((_, failure) -> {
            if (failure != null) {
                self.tell(new Answered(new Input.NotNoted()));
            }
        });
    }

    private void refused(Throwable failure) {
        context.getLog().warn("session {}: the store refused a change: {}", key, failure.toString());
    }

    /** Removes the session everywhere: from the store, then from the route tables; {@code why} is for the audit log. */
    void discard(StoredSession session, String why) {
        if (AuditLog.isOn()) {
            AuditLog.line("session-discarded")
                    .with("instance", key.instance())
                    .with("client", key.clientId())
                    .with("owner", session.owner())
                    .with("reason", why)
                    .write();
        }
        List<String> filters = subscriptions.names();
        pipe(
                published(session)
                        .thenCompose(_ -> leaveGroups(session, filters))
                        .thenCompose(_ -> shared.sessions().delete(session))
                        .thenCompose(_ -> routes.remove(session.id(), filters)),
                failure -> {
                    if (failure == null) { // else it is tried once more
                        subscriptions.clear();
                    }
                });
    }

    /**
     * What waits for the session as a member of shared subscriptions goes to others, when nothing more comes for it.
     */
    private CompletionStage<Void> leaveGroups(StoredSession session, List<String> filters) {
        List<String> ofGroups = filters.stream().filter(SharedFilters::isShared).toList();
        return ofGroups.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : routes.remove(session.id(), ofGroups)
                        .thenCompose(_ -> shared.queues().handOn(session, filters));
    }

    /** A will that waits is published when its session ends [MQTT-3.1.2-8]. */
    private CompletionStage<Void> published(StoredSession session) {
        return session.willWaits() ? shared.wills().settle(key, 0, false) : CompletableFuture.completedFuture(null);
    }

    /** Changes subscriptions, and answers that. */
    void change(StoredSession session, Question change) {
        if (change instanceof Subscribe subscribe) {
            subscribe(session, subscribe);
        } else if (change instanceof Unsubscribe unsubscribe) {
            unsubscribe(session, unsubscribe);
        } else {
            throw new IllegalArgumentException("change: " + change + " (expected: Subscribe or Unsubscribe)");
        }
    }

    private void subscribe(StoredSession session, Subscribe subscribe) {
        List<Subscription> wanted = subscribe.subscriptions();
        pipe(
                shared.sessions().subscribe(session, wanted).thenCompose(_ -> routes.put(session.id(), wanted)),
                failure -> {
                    subscriptions.put(wanted);
                    Answers.changed(subscribe.connection(), subscribe.request(), failure);
                });
    }

    private void unsubscribe(StoredSession session, Unsubscribe unsubscribe) {
        List<String> known =
                unsubscribe.filters().stream().filter(subscriptions::contains).toList();
        CompletionStage<Void> removed = known.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : shared.sessions().unsubscribe(session, known).thenCompose(_ -> routes.remove(session.id(), known));
        pipe(removed, failure -> {
            subscriptions.remove(known);
            Answers.changed(unsubscribe.connection(), unsubscribe.request(), failure);
        });
    }
}
