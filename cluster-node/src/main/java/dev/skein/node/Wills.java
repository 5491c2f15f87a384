package dev.skein.node;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.edge.mqtt.MqttEdge;
import dev.skein.node.edge.mqtt.Will;
import dev.skein.node.edge.mqtt.WillPublisher;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.WillStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes wills: those of this node's connections as they end, and those that nodes which are gone have left in the
 * store. Each is claimed in the store first, so that one node at a time publishes it, and stays there with the identity
 * of its message until it has reached everybody: when this node dies meanwhile, another one goes on.
 */
final class Wills implements WillPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(Wills.class);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /** Enough that a node which just went is gone for everybody. */
    private static final Duration SWEEP_AFTER_LOSS = Duration.ofMillis(500);

    private static final int AT_ONCE = 1000;

    private final ActorSystem<?> system;
    private final WillStore store;
    private final Membership membership;
    private final CompletableFuture<MqttEdge> edge;
    private volatile boolean ended;
    private volatile boolean leaving;
    private final AtomicBoolean sweeping = new AtomicBoolean();

    Wills(ActorSystem<?> system, WillStore store, Membership membership, CompletableFuture<MqttEdge> edge) {
        this.system = system;
        this.store = store;
        this.membership = membership;
        this.edge = edge;
    }

    /** Looks for wills of nodes that are gone from now on; the node must be able to publish. */
    void start() {
        membership.listen(new Membership.Listener() {
            @Override
            public void left(ClusterNode node) {
                later(SWEEP_AFTER_LOSS, Wills.this::sweep);
            }
        });
        sweep();
        system.scheduler().scheduleWithFixedDelay(SWEEP_EVERY, SWEEP_EVERY, this::sweep, system.executionContext());
    }

    @Override
    public CompletionStage<Void> keep(SessionKey client, long connectionId, Will will) {
        return store.put(stored(client, connectionId, will));
    }

    private StoredWill stored(SessionKey client, long connectionId, Will will) {
        return new StoredWill(
                connectionId, membership.self().uid(), client, will.topic(), will.payload(), will.qos(), will.retain());
    }

    @Override
    public void publish(SessionKey client, long connectionId, Will will) {
        if (!ended) {
            claim(stored(client, connectionId, will)); // others may have taken this node for gone, and its wills over
        }
    }

    /** This node leaves: whom it does not see any more is not gone. */
    void leave() {
        leaving = true;
    }

    /** The cluster has put this node down: its wills are the others' now. */
    void end() {
        ended = true;
    }

    @Override
    public void drop(long connectionId) {
        var _ = store.remove(connectionId);
    }

    private void sweep() {
        if (ended || leaving || !sweeping.compareAndSet(false, true)) {
            return;
        }
        Set<Long> live = new HashSet<>();
        live.add(membership.self().uid());
        membership.others().forEach(node -> live.add(node.uid()));
        store.ofOtherNodes(live, AT_ONCE).whenComplete((wills, failure) -> {
            sweeping.set(false);
            if (failure == null) {
                wills.forEach(this::claim);
                if (wills.size() == AT_ONCE) {
                    later(SWEEP_AFTER_LOSS, this::sweep);
                }
            }
        });
    }

    private void claim(StoredWill will) {
        long self = membership.self().uid();
        store.claim(will, self).whenComplete((granted, failure) -> {
            if (failure != null) {
                LOG.warn("the will of {} waits: {}", will.key(), failure.toString());
                later(AGAIN, () -> claim(will));
            } else if (granted) {
                if (will.node() != self) {
                    LOG.info("publishing the will of {}, whose node is gone", will.key());
                }
                publish(will.undertakenBy(self));
            }
        });
    }

    private void publish(StoredWill will) {
        edge.join().publish(will).whenComplete((_, failure) -> {
            if (failure == null || failure instanceof IllegalArgumentException) {
                drop(will.connectionId());
            } else {
                LOG.warn("the will of {} waits: {}", will.key(), failure.toString());
                later(AGAIN, () -> claim(will));
            }
        });
    }

    private void later(Duration delay, Runnable task) {
        system.scheduler().scheduleOnce(delay, task, system.executionContext());
    }
}
