package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.SessionRoutes;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.persistence.api.StoreCommand;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PathProbeTest {
    private final RecordedCommands store = new RecordedCommands();
    private final TestDelivery node = new TestDelivery(store, 2);
    private final AtomicLong now = new AtomicLong(1);
    private final PathProbe probe = PathProbe.of(node.delivery, now::get);

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void messageGoesThroughTablesLoopsAndStoreAndLeavesNothing() {
        probe.tick();
        String parent = openTables();
        node.run();
        commit();
        pass(60);
        assertThat(probe.problem()).isEmpty();
        RouteTable table = node.tables.of(PathProbe.INSTANCE).table(parent);
        assertThat(table.localSize()).isZero();
        assertThat(table.lastUsedMillis()).as("to be closed at the next look").isZero();
        assertThat(node.metrics.scrape()).doesNotContain("probe");

        probe.tick();
        assertThat(openTables()).as("another topic").isNotEqualTo(parent);
    }

    @Test
    void keeperThatDoesNotOpenTheTableIsTold() {
        probe.tick();
        pass(19);
        assertThat(probe.problem()).isEmpty();
        pass(2);
        assertThat(probe.problem())
                .hasValueSatisfying(text -> assertThat(text).contains("for 21 s", "it waits for the route table"));
    }

    @Test
    void eventLoopThatDoesNotRunIsTold() {
        probe.tick();
        openTables();
        pass(30);
        assertThat(probe.problem()).hasValueSatisfying(text -> assertThat(text).contains("it waits for event loop"));
    }

    @Test
    void storeThatDoesNotCommitIsTold() {
        probe.tick();
        openTables();
        node.run();
        pass(30);
        assertThat(probe.problem()).hasValueSatisfying(text -> assertThat(text).contains("it waits for the store"));
        commit();
        assertThat(probe.problem()).as("late, and back").isEmpty();
    }

    @Test
    void whatIsLostIsSentAgainAndTheTimeCountsOn() {
        probe.tick();
        openTables();
        node.run();
        store.commands().clear(); // lost
        pass(21);
        probe.tick();
        assertThat(probe.problem()).isPresent();
        openTables();
        node.run();
        commit();
        assertThat(probe.problem()).isEmpty();
    }

    private void pass(int seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** As the keeper does; returns the parent topic. */
    private String openTables() {
        String parent = "";
        for (int table = 0; table < 2; table++) {
            TableKeeper.Open open = node.keeper.expectMessageClass(TableKeeper.Open.class);
            assertThat(open.instance()).isEqualTo(PathProbe.INSTANCE);
            node.tables
                    .of(open.instance())
                    .table(open.parent())
                    .open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
            parent = open.parent();
            open.opened().run();
        }
        return parent;
    }

    private void commit() {
        for (StoreCommand command : store.commands()) {
            if (command instanceof StoreCommand.Barrier barrier) {
                barrier.listener().committed();
            }
        }
    }
}
