package dev.skein.node.route.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.NodeTables;
import dev.skein.node.route.RouteMemory;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Subscription;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A keeper whose router loses pages. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TableKeeperTest {
    private static final long SELF = 1;
    private static final Duration REOPEN_EVERY = Duration.ofSeconds(2);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(30);
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<ShardingEnvelope<RouterCommand>> routers = kit.createTestProbe();
    private final TestProbe<RouterCommand> router = kit.createTestProbe();
    private final RouteMemory memory = new RouteMemory(1000);
    private final NodeTables tables = new NodeTables(memory);
    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger opened = new AtomicInteger();
    private final ActorRef<KeeperCommand> keeper = kit.spawn(TableKeeper.create(
            SELF, tables, routers.getRef(), new TableKeeper.Bounds(2, Duration.ofMinutes(1)), clock::get));

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private void page(int number, boolean last, String... filters) {
        List<PersistentRoute> routes = Arrays.stream(filters)
                .map(filter -> new PersistentRoute(7, new SessionKey("i", "c"), new Subscription(filter, 1)))
                .toList();
        keeper.tell(new KeeperCommand.Page("i", "a", 0, number, last, routes, router.getRef()));
    }

    /** Whatever the keeper was told before is done. */
    private void settled() {
        keeper.tell(new KeeperCommand.Announce("i", "elsewhere", router.getRef()));
        router.fishForMessage(
                DEADLINE,
                command -> command instanceof RouterCommand.CloseTable
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore());
    }

    @Test
    void aLostPageIsAskedForInAWhileAndNotInALoop() {
        keeper.tell(new TableKeeper.Open("i", "a", opened::incrementAndGet));
        routers.receiveMessage(DEADLINE);
        for (int number = 1; number < 100; number++) {
            page(number, false, "a/" + number); // page 0 was lost
        }
        settled();
        routers.expectNoMessage(Duration.ZERO);

        time.timePasses(REOPEN_EVERY);
        routers.receiveMessage(DEADLINE);
        page(0, false, "a/1");
        page(1, false, "a/2");
        page(2, true);
        settled();
        assertThat(opened).hasValue(1);
        assertThat(tables.of("i").table("a").isOpen()).isTrue();
    }

    @Test
    void whatDoesNotFitIsNotOpenedUntilThereIsRoomAndTheOthersGoOn() {
        keeper.tell(new TableKeeper.Open("i", "a", opened::incrementAndGet));
        routers.receiveMessage(DEADLINE);
        page(0, false, "a/1", "a/2", "a/3", "a/4", "a/5", "a/6");
        page(1, true);
        router.expectMessage(DEADLINE, new RouterCommand.CloseTable(SELF));
        assertThat(opened).hasValue(1); // whoever waits looks again, and waits for the next attempt
        assertThat(tables.of("i").table("a").isOpen()).isFalse();
        assertThat(memory.used()).isZero();
        keeper.tell(new TableKeeper.Open("i", "a", opened::incrementAndGet));
        time.timePasses(REOPEN_EVERY);
        settled();
        routers.expectNoMessage(Duration.ZERO);

        time.timePasses(SWEEP_EVERY);
        routers.receiveMessage(DEADLINE);
        page(0, false, "a/1");
        page(1, true);
        settled();
        assertThat(opened).hasValue(2);
        assertThat(tables.of("i").table("a").isOpen()).isTrue();
        assertThat(memory.used()).isEqualTo(RouteMemory.ofFilter("a/1"));
        assertThat(memory.hasRoom()).isTrue();
    }

    @Test
    void oneTableTooManyWaitsUntilAnotherIsUnused() {
        for (String parent : List.of("a", "b", "c", "d")) {
            keeper.tell(new TableKeeper.Open("i", parent, opened::incrementAndGet));
        }
        for (String parent : List.of("a", "b")) {
            routers.receiveMessage(DEADLINE);
            keeper.tell(new KeeperCommand.Page("i", parent, 0, 0, true, List.of(), router.getRef()));
        }
        settled();
        assertThat(opened).hasValue(2);
        routers.expectNoMessage(Duration.ZERO);

        clock.set(Duration.ofSeconds(11).toMillis());
        tables.of("i").table("a").used(clock.get());
        time.timePasses(REOPEN_EVERY);
        settled();
        assertThat(tables.of("i").table("a").isOpen()).isTrue();
        assertThat(tables.of("i").table("b").isOpen()).isFalse();
        assertThat(routers.receiveMessage(DEADLINE).message()).isEqualTo(new RouterCommand.CloseTable(SELF)); // b
        assertThat(routers.receiveMessage(DEADLINE).entityId()).isEqualTo(TopicRouter.entityId("i", "c"));
        routers.expectNoMessage(Duration.ZERO); // d waits
    }

    @Test
    void aTableThatIsOnItsWayIsNotAskedForAgain() {
        keeper.tell(new TableKeeper.Open("i", "a", opened::incrementAndGet));
        routers.receiveMessage(DEADLINE);
        page(0, false, "a/1");
        settled();
        time.timePasses(REOPEN_EVERY);
        settled();
        routers.expectNoMessage(Duration.ZERO);

        time.timePasses(REOPEN_EVERY); // nothing has come meanwhile: the router may be gone
        routers.receiveMessage(DEADLINE);
    }
}
