package dev.skein.node.delivery;

import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.SessionCommand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/** What an event loop asks sharded actors, until they answer. Confined to the loop. */
public final class ActorQuestions {
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(3);

    private final ActorRef<ShardingEnvelope<SessionCommand>> sessions;
    private final ActorRef<ShardingEnvelope<RouterCommand>> routers;
    private final Scheduler scheduler;
    private final Executor loop;

    ActorQuestions(
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            ActorRef<ShardingEnvelope<RouterCommand>> routers,
            Scheduler scheduler,
            Executor loop) {
        this.sessions = sessions;
        this.routers = routers;
        this.scheduler = scheduler;
        this.loop = loop;
    }

    /** Asks a router until it answers or {@code wanted}, asked on this loop, says no; fails after a while. */
    public <T> CompletionStage<T> router(
            String router, Function<ActorRef<T>, RouterCommand> question, BooleanSupplier wanted) {
        long deadline = System.nanoTime() + ASK_TIMEOUT.toNanos();
        return askAgain(
                () -> AskPattern.<ShardingEnvelope<RouterCommand>, T>ask(
                        routers,
                        replyTo -> new ShardingEnvelope<>(router, question.apply(replyTo)),
                        ASK_AGAIN,
                        scheduler),
                deadline,
                wanted);
    }

    /** The actor that is asked may be on its way to another node, or on one that is gone. */
    private <T> CompletionStage<T> askAgain(Supplier<CompletionStage<T>> ask, long deadline, BooleanSupplier wanted) {
        return ask.get()
                .exceptionallyComposeAsync(
                        failure -> deadline - System.nanoTime() > 0 && wanted.getAsBoolean()
                                ? askAgain(ask, deadline, wanted)
                                : CompletableFuture.failedFuture(failure),
                        loop);
    }

    /** Where a client is; null when nobody answers. {@code then} runs on this loop, later. */
    void locate(String instance, String clientId, Consumer<SessionCommand.@Nullable Location> then) {
        String session = ClientSession.entityId(instance, clientId);
        long deadline = System.nanoTime() + ASK_TIMEOUT.toNanos();
        askAgain(
                        () -> AskPattern.<ShardingEnvelope<SessionCommand>, SessionCommand.Location>ask(
                                sessions,
                                replyTo -> new ShardingEnvelope<>(session, new SessionCommand.Locate(replyTo)),
                                ASK_AGAIN,
                                scheduler),
                        deadline,
                        () -> true)
                .whenComplete((location, failure) -> loop.execute(() -> then.accept(location)));
    }
}
