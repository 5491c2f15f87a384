package dev.skein.node.route.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes tell each other their routes; what one of them knows wrongly is found and put right. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RouteSyncTest {
    private static final Duration AUDIT = Duration.ofMillis(200);
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int FORGED = 8;

    private SyncNode a;
    private SyncNode b;
    private TestProbe<Object> probe;

    @BeforeEach
    void start() throws Exception {
        a = SyncNode.first(AUDIT);
        a.sync.synced().toCompletableFuture().get(20, TimeUnit.SECONDS);
        a.addSilently("old/one");
        b = a.another(AUDIT);
        b.sync.synced().toCompletableFuture().get(20, TimeUnit.SECONDS);
        probe = a.kit.createTestProbe();
    }

    @AfterEach
    void stop() {
        b.close();
        a.close();
    }

    @Test
    void everyNodeKnowsTheFiltersOfTheOthersWhenTheyAreInForce() {
        a.subscribe("new/one");
        assertThat(b.remote("old")).isEqualTo(1);
        assertThat(b.remote("new")).isEqualTo(1);
        until(() -> assertThat(b.figures.remoteRoutes()).isEqualTo(2));
        until(() -> assertThat(a.figures.pending()).isZero());
        assertThat(b.figures.repaired()).isZero();
    }

    @Test
    void aSubscriptionWaitsUntilANodeThatWasPutDownKnowsIt() {
        var b2 = Cluster.get(b.kit.system());
        Cluster.get(a.kit.system()).manager().tell(new Down(b2.selfMember().address()));
        until(() -> assertThat(a.membership.isAlone()).isTrue());
        CompletionStage<Void> settled = a.membership.settled();

        CompletableFuture<Boolean> settledWhenInForce = new CompletableFuture<>();
        a.addSilently("new/one");
        a.sync.actor()
                .tell(new RouteSync.Changed(
                        SyncNode.INSTANCE,
                        "new/one",
                        () -> settledWhenInForce.complete(
                                settled.toCompletableFuture().isDone())));
        assertThat(settledWhenInForce).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(true);
    }

    @Test
    void whatWasLostOrMadeUpAtTheReceiverIsToldAnew() {
        a.attachedHere.add(7L);
        a.sync.actor().tell(new RouteSync.Attached(7, () -> {}));
        until(() -> assertThat(b.sessions.find(7)).isNotNull());

        forge(List.of("made/up"), List.of("old/one"), List.of(99L), List.of(7L));
        until(() -> assertThat(b.figures.repaired()).isPositive());

        until(() -> {
            assertThat(b.remote("made")).isZero();
            assertThat(b.remote("old")).isEqualTo(1);
            assertThat(b.sessions.find(99)).isNull();
            assertThat(b.sessions.find(7)).isNotNull();
            assertThat(a.lookedAgain).contains(7L); // nobody pushed to it meanwhile
        });
        a.subscribe("after/it");
        assertThat(b.remote("after")).isEqualTo(1);
    }

    @Test
    void whatANodeHasNotToldIsFoundByItself() {
        a.addSilently("silent/one");
        until(() -> assertThat(b.remote("silent")).isEqualTo(1));
        assertThat(a.lookedAgain).isEmpty();
        assertThat(a.figures.repaired()).isEqualTo(1);
        assertThat(b.figures.repaired()).isZero();
    }

    @Test
    void aSessionThatWasNotToldLooksIntoTheStoreWhenItIs() {
        a.attachedHere.add(7L);
        until(() -> assertThat(a.lookedAgain).containsExactly(7L));
        assertThat(b.sessions.find(7)).isNotNull();
    }

    @Test
    void aSessionStaysWhereItsLaterConnectionIs() {
        try (SyncNode quiet = a.another(Duration.ofMinutes(1))) {
            until(() -> assertThat(quiet.sync.synced().toCompletableFuture()).isDone());
            quiet.attachedHere.add(7L);
            CompletableFuture<Boolean> inForce = new CompletableFuture<>();
            quiet.sync.actor().tell(new RouteSync.Attached(7, () -> inForce.complete(true)));
            assertThat(inForce).succeedsWithin(10, TimeUnit.SECONDS);
            quiet.sync.actor().tell(new RouteSync.Detached(7)); // of the connection before: the later one is attached
            quiet.subscribe("x/y");
            assertThat(a.sessions.find(7)).isNotNull();

            quiet.attachedHere.remove(7L);
            quiet.sync.actor().tell(new RouteSync.Detached(7));
            quiet.subscribe("x/z");
            assertThat(a.sessions.find(7)).isNull();
        }
    }

    /** Makes {@code b} believe that {@code a} has told this. */
    private void forge(List<String> added, List<String> removed, List<Long> attached, List<Long> detached) {
        long from = a.membership.self().uid();
        long to = b.membership.self().uid();
        for (long version = 1; version <= FORGED; version++) {
            b.sync.actor()
                    .tell(new SyncCommand.Delta(
                            from,
                            to,
                            version,
                            false,
                            true,
                            List.of(new SyncCommand.Filters(SyncNode.INSTANCE, added, removed)),
                            attached,
                            detached));
        }
    }

    private void until(Runnable assertion) {
        probe.awaitAssert(DEADLINE, () -> {
            assertion.run();
            return true;
        });
    }
}
