package dev.skein.node.session.actor;

import dev.skein.node.cluster.FrameParts;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.TopicRouter;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/** Tells the routers what a persistent session subscribed, one question for each parent topic. */
final class RouteChanges {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(3);

    private final ActorContext<SessionCommand> context;
    private final SessionContext shared;
    private final SessionKey key;

    RouteChanges(ActorContext<SessionCommand> context, SessionContext shared, SessionKey key) {
        this.context = context;
        this.shared = shared;
        this.key = key;
    }

    /** Completes when every open table has the subscriptions; fails when a router did not answer in time. */
    CompletionStage<Void> put(long sessionId, List<Subscription> subscriptions) {
        Map<String, List<Subscription>> byParent = new HashMap<>();
        subscriptions.forEach(each -> byParent.computeIfAbsent(parent(each.filter()), _ -> new ArrayList<>())
                .add(each));
        return all(
                byParent,
                Subscription::fullFilter,
                (filters, replyTo) -> new RouterCommand.Put(sessionId, key.clientId(), filters, replyTo));
    }

    /** Completes when no open table has the subscriptions any more. */
    CompletionStage<Void> remove(long sessionId, List<String> filters) {
        Map<String, List<String>> byParent = new HashMap<>();
        filters.forEach(each ->
                byParent.computeIfAbsent(parent(each), _ -> new ArrayList<>()).add(each));
        return all(
                byParent, Function.identity(), (these, replyTo) -> new RouterCommand.Remove(sessionId, these, replyTo));
    }

    private static String parent(String filter) {
        return RouteTable.parentOf(filter);
    }

    private <T> CompletionStage<Void> all(
            Map<String, List<T>> byParent,
            Function<T, String> filter,
            BiFunction<List<T>, ActorRef<RouterCommand.RouteApplied>, RouterCommand> question) {
        long deadline = System.nanoTime() + shared.routeDeadline().toNanos();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        byParent.forEach((parent, all) -> {
            for (List<T> part : FrameParts.cutFilters(all, filter)) {
                answers.add(ask(parent, replyTo -> question.apply(part, replyTo), deadline)
                        .toCompletableFuture());
            }
        });
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    /** Asks again until the deadline: the router may be on its way to another node. Routes may be told twice. */
    private CompletionStage<RouterCommand.RouteApplied> ask(
            String parent, Function<ActorRef<RouterCommand.RouteApplied>, RouterCommand> question, long deadline) {
        return AskPattern.<ShardingEnvelope<RouterCommand>, RouterCommand.RouteApplied>ask(
                        shared.routers(),
                        replyTo -> new ShardingEnvelope<>(
                                TopicRouter.entityId(key.instance(), parent), question.apply(replyTo)),
                        ASK_AGAIN,
                        context.getSystem().scheduler())
                .exceptionallyCompose(failure -> deadline - System.nanoTime() > 0
                        ? ask(parent, question, deadline)
                        : CompletableFuture.failedFuture(failure));
    }
}
