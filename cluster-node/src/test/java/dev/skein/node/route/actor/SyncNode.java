package dev.skein.node.route.actor;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.Peer;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Message;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;

/** A node that has nothing but its routes, in a real cluster on loopback. */
public final class SyncNode implements AutoCloseable {
    static final String INSTANCE = "default";

    private static final Config CONFIG = ConfigFactory.parseString("""
            pekko {
              actor {
                provider = cluster
                serialization-bindings { "dev.skein.node.cluster.ClusterMessage" = jackson-cbor }
              }
              remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
              cluster {
                jmx.enabled = off
                periodic-tasks-initial-delay = 100ms
                down-removal-margin = 1s
                leader-actions-interval = 100ms
                gossip-interval = 200ms
              }
              coordinated-shutdown.exit-jvm = off
            }""");

    public final ActorTestKit kit = kit();
    public final Membership membership = Membership.of(kit.system());
    final NodeTables tables = new NodeTables(new RouteMemory(Long.MAX_VALUE / 2));
    final RemoteSessions sessions = new RemoteSessions();
    final SyncFigures figures = new SyncFigures();
    final Set<Long> attachedHere = ConcurrentHashMap.newKeySet();
    private final Set<Long> missed = ConcurrentHashMap.newKeySet();
    final Set<Long> lookedAgain = ConcurrentHashMap.newKeySet();
    final RouteSync.Handle sync;

    private SyncNode(Duration auditEvery) {
        RouteSync.Parts parts = new RouteSync.Parts(
                membership,
                tables,
                sessions,
                () -> attachedHere,
                new Asked(),
                auditEvery,
                new CompletableFuture<>(),
                figures);
        ActorRef<SyncCommand> actor =
                kit.system().systemActorOf(RouteSync.create(parts), RouteSync.NAME, Props.empty());
        sync = RouteSync.handle(actor, parts);
        membership.listen(new Membership.Listener() {
            @Override
            public void joined(ClusterNode node) {
                sync.joined(node, new Peer(node.uid(), node.address(), node.frames()));
            }

            @Override
            public void left(ClusterNode node) {
                sync.left(node);
            }
        });
    }

    /** An actor system that can be a node of a cluster on loopback. */
    public static ActorTestKit kit() {
        return ActorTestKit.create("routes", CONFIG.withFallback(ConfigFactory.load()));
    }

    /** A node that begins a cluster. */
    public static SyncNode first(Duration auditEvery) {
        SyncNode node = new SyncNode(auditEvery);
        node.membership.join(new ClusterSettings("127.0.0.1", "", 0, List.of(), 0), false);
        return node;
    }

    /** A node that joins this one. */
    public SyncNode another(Duration auditEvery) {
        String[] words = membership.self().address().split(":", -1);
        SyncNode node = new SyncNode(auditEvery);
        node.membership.join(
                new ClusterSettings(
                        "127.0.0.1", "", 0, List.of(new ClusterSettings.Seed(words[0], Integer.parseInt(words[1]))), 0),
                false);
        return node;
    }

    /** A live subscriber comes, and nobody is told. */
    void addSilently(String filter) {
        tables.of(INSTANCE)
                .table(filter.substring(0, filter.indexOf('/')))
                .add(filter, new LocalRoute(new Nobody(), 1));
    }

    /** A live subscriber comes; waits until every node knows. */
    void subscribe(String filter) {
        addSilently(filter);
        CompletableFuture<Boolean> inForce = new CompletableFuture<>();
        sync.actor().tell(new RouteSync.Changed(INSTANCE, filter, () -> inForce.complete(true)));
        assertThat(inForce).succeedsWithin(10, TimeUnit.SECONDS);
    }

    /** Filters below a parent topic that this node knows of others. */
    int remote(String parent) {
        return tables.of(INSTANCE).table(parent).remoteSize();
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }

    private final class Asked implements RouteSync.Unpushed {
        @Override
        public void missed(List<Long> some) {
            missed.addAll(some);
        }

        @Override
        public void lookAgain(List<Long> some) {
            some.stream().filter(missed::contains).forEach(lookedAgain::add);
        }
    }

    private static final class Nobody implements Subscriber {
        @Override
        public int loop() {
            return 0;
        }

        @Override
        public void deliver(Message message, int qos) {
            throw new AssertionError("delivered: " + message + " (expected: nothing)");
        }
    }
}
