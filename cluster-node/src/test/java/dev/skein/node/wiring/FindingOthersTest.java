package dev.skein.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.Membership;
import dev.skein.node.discovery.DnsResponder;
import dev.skein.node.reliability.LoopbackNetworks;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that have no seeds, each with a DNS of its own, and one database. */
class FindingOthersTest {
    private static final int PORT = 25_520;
    private static final String NAME = "nodes.test";
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final List<Node> nodes = new ArrayList<>();
    private final MemoryStores database = new MemoryStores(settings("none"), InstantSource.system(), (_, _, _) -> {});

    private record Node(String host, ActorTestKit kit, MemoryStores stores, Membership membership, DnsResponder dns) {
        boolean isUp() {
            return membership.up().toCompletableFuture().isDone();
        }
    }

    private static StoreSettings settings(String name) {
        return new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, name);
    }

    private static String network() {
        return LoopbackNetworks.next(79, 1, PORT);
    }

    /** A node whose DNS answers {@code addresses}. */
    private Node start(String host, List<String> addresses) {
        DnsResponder dns = DnsResponder.start();
        dns.addresses(NAME, addresses);
        Config config = ConfigFactory.parseString("skein.cluster { host = \"" + host + "\"\n"
                        + " discovery { method = dns, name = " + NAME + " } }\n"
                        + "pekko.io.dns.async-dns { nameservers = [\"" + dns.server() + "\"], search-domains = [] }\n"
                        + "pekko.remote.artery.canonical.port = " + PORT + "\n"
                        + "pekko.cluster.split-brain-resolver.active-strategy = keep-majority")
                .withFallback(ConfigFactory.parseResources("skein-pekko.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
        ClusterSettings cluster = ClusterSettings.from(config.getConfig("skein.cluster"));
        ActorTestKit kit = ActorTestKit.create("skein", config);
        MemoryStores stores = database.beside(settings(cluster.nodeName()), InstantSource.system(), (_, _, _) -> {});
        Membership membership = Membership.of(kit.system());
        Joining.start(kit.system(), membership, cluster, stores.presence());
        Node node = new Node(host, kit, stores, membership, dns);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void end() {
        nodes.forEach(node -> {
            node.kit().shutdownTestKit();
            node.stores().close();
            node.dns().close();
        });
        database.close();
    }

    private static void await(BooleanSupplier condition, String what) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - since).as(what).isLessThan(DEADLINE_NANOS);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private void awaitOneCluster() {
        await(
                () -> nodes.stream()
                        .allMatch(node ->
                                node.isUp() && node.membership().others().size() == nodes.size() - 1),
                "one cluster");
    }

    @Test
    void nodesThatStartAtOnceAndSeeOnlyThemselvesFormOneCluster() throws Exception {
        String network = network();
        for (int i = 1; i <= 3; i++) {
            start(network + i, List.of(network + i));
        }
        awaitOneCluster();
    }

    @Test
    void nodesThatSeeEachOtherFormOneCluster() throws Exception {
        String network = network();
        List<String> all = List.of(network + 1, network + 2);
        start(network + 1, all);
        start(network + 2, all);
        awaitOneCluster();
    }

    @Test
    void nodeThatDnsDoesNotKnowBeginsNothingAndJoinsOnesThatTheDatabaseKnows() throws Exception {
        String network = network();
        Node unknown = start(network + 2, List.of(network + 1));
        await(() -> unknown.dns().questions().size() >= 4, "asked twice, for both kinds of addresses");
        assertThat(unknown.isUp()).isFalse();

        start(network + 1, List.of(network + 1));
        awaitOneCluster();
    }
}
