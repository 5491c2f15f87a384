package dev.skein.node.wiring;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.delivery.WillPublisher;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.session.actor.PendingWills;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.WillStore;
import dev.skein.protocol.message.Will;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes wills: those of this node's connections as they end, and those that nodes which are gone have left in the
 * store. The store knows which node publishes a will, so that one does at a time, and keeps it with the identity of its
 * message until it has reached everybody: when this node dies meanwhile, another one goes on.
 */
final class Wills implements WillPublisher, PendingWills {
    private static final Logger LOG = LoggerFactory.getLogger(Wills.class);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /** Enough that a node which just went is gone for everybody. */
    private static final Duration SWEEP_SOON = Duration.ofMillis(500);

    /** Read by one sweep: each may have 64 KiB of topic and as much of payload. */
    private static final int AT_ONCE = 100;
    /** A will that is refused so often while the store answers is refused for good: there is no room to retain it. */
    private static final int REFUSALS_MAX = 3;

    private static final long NEVER = -1;

    private final ActorSystem<?> system;
    private final WillStore store;
    private final WaitingWills waiting;
    private final Membership membership;
    private final Function<StoredWill, CompletionStage<?>> publisher;
    private final ConnectionMemory memory;
    private volatile boolean ended;
    private volatile boolean leaving;
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final AtomicBoolean sweepsSoon = new AtomicBoolean();
    /** After so many losses of nodes no will of a node that is gone was left. */
    private volatile long sweptLosses = NEVER;
    /** By connection: wills that this node is publishing. */
    private final ConcurrentHashMap<Long, CompletableFuture<Void>> underway = new ConcurrentHashMap<>();

    /**
     * Looks after wills.
     *
     * @param waiting those that wait for their delay
     * @param publisher publishes a will that this node has undertaken; any thread, must not block
     * @param memory what wills count for while the store takes them and while they are published
     */
    Wills(
            ActorSystem<?> system,
            WillStore store,
            WaitingWills waiting,
            Membership membership,
            Function<StoredWill, CompletionStage<?>> publisher,
            ConnectionMemory memory) {
        this.system = system;
        this.store = store;
        this.waiting = waiting;
        this.membership = membership;
        this.publisher = publisher;
        this.memory = memory;
    }

    /** Looks for wills of nodes that are gone from now on; the node must be able to publish. */
    void start() {
        membership.listen(new Membership.Listener() {
            @Override
            public void left(ClusterNode node) {
                sweepSoon();
            }
        });
        sweep();
        waiting.start(system, this::due);
        system.scheduler().scheduleWithFixedDelay(SWEEP_EVERY, SWEEP_EVERY, this::sweep, system.executionContext());
    }

    @Override
    public CompletionStage<Void> keep(SessionKey client, long connectionId, Will will) {
        if (memory.isFull()) {
            memory.countClosed();
            return CompletableFuture.failedFuture(new IllegalStateException(memory.toString()));
        }
        StoredWill stored = stored(client, connectionId, will);
        return held(stored, store.put(stored));
    }

    /** The will is in memory until {@code done}, whether its connection is there or not. */
    private CompletionStage<Void> held(StoredWill will, CompletionStage<Void> done) {
        long bytes = (long) will.will().topic().length() + will.will().content().bytes();
        memory.hold(bytes);
        var _ = done.whenComplete((_, _) -> memory.free(bytes));
        return done;
    }

    private StoredWill stored(SessionKey client, long connectionId, Will will) {
        return new StoredWill(connectionId, membership.self().uid(), client, will, false, 0);
    }

    @Override
    public CompletionStage<Void> publish(SessionKey client, long connectionId, Will will) {
        StoredWill stored = stored(client, connectionId, will);
        return begin(stored, done -> publish(stored, 0, done)); // refused when others have taken it over meanwhile
    }

    @Override
    public CompletionStage<Void> delay(SessionKey client, long connectionId, Will will, long seconds) {
        StoredWill stored = stored(client, connectionId, will);
        long dueAt = waiting.dueIn(seconds);
        return begin(stored, done -> delay(stored, dueAt, done));
    }

    private void delay(StoredWill will, long dueAt, CompletableFuture<Void> done) {
        if (ended) {
            done.complete(null);
            return;
        }
        waiting.delay(will, will.node(), dueAt).whenComplete((_, failure) -> {
            if (failure == null) {
                done.complete(null); // else another node has it, or nobody is to publish it any more
            } else {
                LOG.warn("the will of {} is not delayed yet: {}", will.key(), failure.toString());
                later(AGAIN, () -> delay(will, dueAt, done));
            }
        });
    }

    /** This node leaves: whom it does not see any more is not gone. */
    void leave() {
        leaving = true;
    }

    /** The cluster has downed this node: its wills are the others' now. */
    void end() {
        ended = true;
    }

    @Override
    public CompletionStage<Void> drop(long connectionId) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        remove(connectionId, done);
        return done;
    }

    @Override
    public boolean possible() {
        return sweptLosses != membership.losses();
    }

    @Override
    public CompletionStage<Void> settle(SessionKey client, long connectionId, boolean takenUp) {
        if (ended) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("node: downed by the cluster (expected: a member)"));
        }
        return store.ofClient(client).thenCompose(wills -> {
            List<CompletableFuture<Void>> left = wills.stream()
                    .filter(will -> will.connectionId() == connectionId || will.dueAt() != 0 || isOrphan(will))
                    .map(will -> takenUp && waits(will) ? forget(will) : takeOver(will))
                    .toList();
            // Until none is left: another node may have taken one over since it was read, and publish it.
            return left.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.allOf(left.toArray(CompletableFuture[]::new))
                            .thenCompose(_ -> settle(client, connectionId, takenUp));
        });
    }

    /** Whether its connection has ended, or ends now, and its delay has not passed. */
    private boolean waits(StoredWill will) {
        return will.dueAt() == 0 ? isDelayed(will) : !waiting.isDue(will);
    }

    /** Whether a will whose connection ends now has to wait for its delay. */
    private static boolean isDelayed(StoredWill will) {
        return will.will().delaySeconds() > 0 && !will.takenOver();
    }

    /** Its session goes on; it is published all the same when somebody has begun with that. */
    private CompletableFuture<Void> forget(StoredWill will) {
        return begin(will, done -> forget(will, done));
    }

    private void forget(StoredWill will, CompletableFuture<Void> done) {
        store.cancel(will).whenComplete((gone, failure) -> {
            if (failure != null) {
                LOG.warn("the will of {} is not forgotten yet: {}", will.key(), failure.toString());
                later(AGAIN, () -> forget(will, done));
            } else if (gone) {
                done.complete(null);
            } else {
                claim(will, 0, done);
            }
        });
    }

    /** The delay of a will has passed. */
    private void due(StoredWill will) {
        boolean mine = will.node() == membership.self().uid() || !membership.isMember(will.node());
        if (mine && !ended && !leaving) {
            var _ = takeOver(will);
        }
    }

    private boolean isOrphan(StoredWill will) {
        return will.takenOver() || !membership.isMember(will.node());
    }

    private void sweepSoon() {
        if (sweepsSoon.compareAndSet(false, true)) {
            later(SWEEP_SOON, () -> {
                sweepsSoon.set(false);
                sweep();
            });
        }
    }

    private void sweep() {
        if (ended || leaving || !sweeping.compareAndSet(false, true)) {
            return;
        }
        long losses = membership.losses(); // first: a node that goes from here on is for another sweep
        Set<Long> live = new HashSet<>();
        live.add(membership.self().uid());
        membership.others().forEach(node -> live.add(node.uid()));
        store.orphans(live, AT_ONCE).whenComplete((wills, failure) -> {
            sweeping.set(false);
            if (failure == null && wills.isEmpty()) {
                sweptLosses = losses;
            } else if (failure == null) {
                for (StoredWill will : wills) {
                    if (!live.contains(will.node())) { // else a node that lives is at it
                        var _ = isDelayed(will) ? begin(will, done -> delayFromNowOn(will, done)) : takeOver(will);
                    }
                }
            }
            if (possible()) {
                sweepSoon();
            }
        });
    }

    private CompletableFuture<Void> takeOver(StoredWill will) {
        return begin(will, done -> claim(will, 0, done));
    }

    /** A node is gone: the delays of its wills begin now, at the latest. */
    private void delayFromNowOn(StoredWill will, CompletableFuture<Void> done) {
        waiting.secondsOf(will)
                .thenCompose(seconds -> seconds == 0
                        ? CompletableFuture.completedFuture(false)
                        : waiting.delay(will, membership.self().uid(), waiting.dueIn(seconds)))
                .whenComplete((waits, failure) -> {
                    if (failure != null) {
                        LOG.warn("the will of {} is not delayed yet: {}", will.key(), failure.toString());
                        done.complete(null); // the next sweep finds it
                    } else if (waits) {
                        done.complete(null);
                    } else {
                        claim(will, 0, done);
                    }
                });
    }

    /** Publishes a will unless this node is at it already. */
    private CompletableFuture<Void> begin(StoredWill will, Consumer<CompletableFuture<Void>> publish) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Void> before = underway.putIfAbsent(will.connectionId(), done);
        if (before != null) {
            return before;
        }
        var _ = done.whenComplete((_, _) -> underway.remove(will.connectionId(), done));
        var _ = held(will, done);
        publish.accept(done);
        return done;
    }

    /**
     * Publishes a will when no other node has taken it over.
     *
     * @param refusals how often it was refused; it waits before it is published again
     */
    private void claim(StoredWill will, int refusals, CompletableFuture<Void> done) {
        if (ended) {
            done.complete(null);
            return;
        }
        long self = membership.self().uid();
        store.claim(will, self).whenComplete((granted, failure) -> {
            if (failure != null) {
                LOG.warn("the will of {} waits: {}", will.key(), failure.toString());
                later(AGAIN, () -> claim(will, refusals, done));
            } else if (!granted) {
                done.complete(null);
            } else {
                if (refusals == 0 && will.dueAt() == 0) {
                    LOG.info("publishing the will of {} for a node that is gone, or does not answer", will.key());
                }
                claimed(will.undertakenBy(self), refusals, done);
            }
        });
    }

    private void claimed(StoredWill will, int refusals, CompletableFuture<Void> done) {
        if (refusals == REFUSALS_MAX) {
            String topic = will.will().topic();
            LOG.warn("the will of {} on {} is given up: it was refused {} times", will.key(), topic, refusals);
            remove(will.connectionId(), done);
        } else if (refusals > 0) {
            LOG.warn(
                    "the will of {} on {} was refused, and is tried again",
                    will.key(),
                    will.will().topic());
            later(AGAIN, () -> publish(will, refusals, done));
        } else {
            publish(will, refusals, done);
        }
    }

    private void publish(StoredWill will, int refusals, CompletableFuture<Void> done) {
        if (ended) {
            done.complete(null);
            return;
        }
        publisher.apply(will).whenComplete((_, failure) -> {
            if (failure == null || Failures.unwrap(failure) instanceof IllegalArgumentException) {
                remove(will.connectionId(), done);
            } else {
                claim(will, refusals + 1, done); // refused by the store when another node has taken it over
            }
        });
    }

    private void remove(long connectionId, CompletableFuture<Void> done) {
        store.remove(connectionId).whenComplete((_, failure) -> {
            if (failure == null || ended) {
                done.complete(null);
            } else {
                LOG.warn("the will of connection {} is not removed: {}", connectionId, failure.toString());
                later(AGAIN, () -> remove(connectionId, done));
            }
        });
    }

    private void later(Duration delay, Runnable task) {
        system.scheduler().scheduleOnce(delay, task, system.executionContext());
    }
}
