package dev.skein.node.wiring;

import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.SessionTerms;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.api.WillStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wills that wait for their delay after the end of their connection. They wait in the store, and no node remembers
 * them: each looks there for those that are due, every second while some wait.
 */
final class WaitingWills {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingWills.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_ANY_EVERY = Duration.ofSeconds(30);
    /** Read at once: each may have 64 KiB of topic and as much of payload. */
    private static final int AT_ONCE = 100;

    private static final long SECOND_MILLIS = 1000;

    private final WillStore store;
    private final Stores stores;
    private final InstanceViews views;
    private final InstantSource clock;
    /** Whether some wait, of any node, as far as this one knows. */
    private volatile boolean any = true;

    private final AtomicBoolean looking = new AtomicBoolean();

    WaitingWills(Stores stores, InstanceViews views, InstantSource clock) {
        this.store = stores.wills();
        this.stores = stores;
        this.views = views;
        this.clock = clock;
    }

    /**
     * Looks from now on for those that are due.
     *
     * @param due told each of them, those of other nodes included, and again while it is not claimed
     */
    void start(ActorSystem<?> system, Consumer<StoredWill> due) {
        var scheduler = system.scheduler();
        var _ = scheduler.scheduleWithFixedDelay(LOOK_EVERY, LOOK_EVERY, () -> look(due), system.executionContext());
        var _ = scheduler.scheduleWithFixedDelay(
                LOOK_FOR_ANY_EVERY, LOOK_FOR_ANY_EVERY, this::lookForAny, system.executionContext());
    }

    /** When a will that waits from now on for {@code seconds} is due. */
    long dueIn(long seconds) {
        return clock.millis() + seconds * SECOND_MILLIS;
    }

    /** Whether the delay of a will is over. */
    boolean isDue(StoredWill will) {
        return will.dueAt() <= clock.millis();
    }

    /** {@code node} publishes the will at {@code dueAt}; false when another one has it, or it was published. */
    CompletionStage<Boolean> delay(StoredWill will, long node, long dueAt) {
        any = true;
        return store.delay(will, node, dueAt).whenComplete((_, _) -> any = true);
    }

    /**
     * How long the will of a connection that was lost waits at the most, in seconds: not beyond the end of its session.
     */
    CompletionStage<Long> secondsOf(StoredWill will) {
        return stores.sessions()
                .find(will.key())
                .thenApply(session -> session.map(StoredSession::expiry)
                        .map(expiry -> SessionTerms.willDelay(
                                views.find(will.key().instance()),
                                expiry,
                                will.will().delaySeconds()))
                        .orElse(0L));
    }

    private void look(Consumer<StoredWill> due) {
        if (!any || !looking.compareAndSet(false, true)) {
            return;
        }
        store.due(clock.millis(), AT_ONCE).whenComplete((wills, failure) -> {
            looking.set(false);
            if (failure == null) {
                wills.forEach(due);
            } else {
                LOG.debug("wills that are due are not read: {}", failure.toString());
            }
        });
    }

    private void lookForAny() {
        any = false; // first: one that begins to wait meanwhile says so
        store.due(Long.MAX_VALUE, 1).whenComplete((wills, failure) -> {
            if (failure != null || !wills.isEmpty()) {
                any = true;
            }
        });
    }
}
