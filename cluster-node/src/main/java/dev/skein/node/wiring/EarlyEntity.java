package dev.skein.node.wiring;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * An entity of cluster sharding that needs what comes to be after its type is known to the cluster. Another node may
 * send to it before; it keeps these messages, in order, and blocks no thread.
 */
final class EarlyEntity {
    /** As many as the entities themselves keep while they read. */
    private static final int STASH_MAX = 100_000;

    private EarlyEntity() {}

    /** {@link EarlyEntity} hears that what it waits for is there. */
    private enum Ready {
        INSTANCE
    }

    /**
     * Begins at once, or as soon as {@code shared} completes.
     *
     * @param begin makes the entity; runs on the thread of its actor
     */
    static <C, S> Behavior<C> of(CompletableFuture<S> shared, Function<S, Behavior<C>> begin) {
        return shared.isDone() ? begin.apply(shared.resultNow()) : waiting(shared, begin);
    }

    @SuppressWarnings("unchecked") // the entity gets back what was sent to it, and nothing else
    private static <C, S> Behavior<C> waiting(CompletableFuture<S> shared, Function<S, Behavior<C>> begin) {
        Behavior<Object> waiting = Behaviors.setup(context -> Behaviors.withStash(STASH_MAX, stash -> {
            var _ = shared.thenAccept(_ -> context.getSelf().tell(Ready.INSTANCE));
            return Behaviors.receiveMessage(message -> {
                if (message == Ready.INSTANCE) {
                    return stash.unstashAll((Behavior<Object>) (Behavior<?>) begin.apply(shared.resultNow()));
                }
                stash.stash(message);
                return Behaviors.same();
            });
        }));
        return waiting.narrow();
    }
}
