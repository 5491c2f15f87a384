package dev.skein.node.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RouteTablesTest {
    private static final int LOOPS = 2;

    private final RouteTables tables = new RouteTables("fleet");
    private final RouteTable table = tables.table("a");

    RouteTablesTest() {
        tables.root().open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        table.open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
    }

    /** A connection that is only looked at. */
    private record Client(int loop) implements Subscriber {
        @Override
        public void deliver(Message message, int qos) {
            throw new AssertionError("deliver (expected: nothing is sent by a match)");
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    @Test // [MQTT-3.3.5-1]
    void clientWithOverlappingFiltersIsMatchedOnceWithTheGreatestQos() {
        Client client = new Client(1);
        table.add("a/+", new LocalRoute(client, 0));
        table.add("a/b", new LocalRoute(client, 2));
        tables.root().add("#", new LocalRoute(client, 1));
        table.put("a/#", new SessionRoute(7, "c", 1));
        tables.root().put("+/b", new SessionRoute(7, "c", 2));

        Match match = match("a/b");

        assertThat(match.subscribers(0)).isEmpty();
        assertThat(match.subscribers(1)).containsExactly(client);
        assertThat(match.qos(1)).containsExactly(2);
        assertThat(match.liveCount()).isEqualTo(1);
        assertThat(match.sessions()).extracting(SessionRoute::qos).containsExactly(2);
    }

    @Test
    void connectionsStandByTheirEventLoop() {
        List<Client> clients = List.of(new Client(0), new Client(1), new Client(0));
        clients.forEach(client -> table.add("a/b", new LocalRoute(client, 1)));

        Match match = match("a/b");

        assertThat(match.subscribers(0)).containsExactlyInAnyOrder(clients.get(0), clients.get(2));
        assertThat(match.subscribers(1)).containsExactly(clients.get(1));
    }

    @Test
    void everyChangeMakesAnEarlierMatchStale() {
        List<Long> versions = new ArrayList<>();
        LocalRoute route = new LocalRoute(new Client(0), 1);
        List<Runnable> changes = List.of(
                () -> table.add("a/b", route),
                () -> table.put("a/b", new SessionRoute(7, "c", 1)),
                () -> table.remove("a/b", route),
                () -> table.remove("a/b", 7),
                table::close,
                () -> table.open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2))));
        for (Runnable change : changes) {
            versions.add(table.version());
            change.run();
        }

        assertThat(versions).doesNotHaveDuplicates().doesNotContain(table.version());
    }

    @Test
    void closedTableMatchesNothingAndSaysSo() {
        table.close();
        assertThat(tables.match(table, "a/b", LOOPS)).isNull();

        table.open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        tables.root().close();
        assertThat(tables.match(table, "a/b", LOOPS)).isNull();
    }

    @Test
    void retiredTableTakesNoSubscriptionAndItsSuccessorDoes() {
        table.close();
        tables.removeIfEmpty(table);

        assertThat(table.add("a/b", new LocalRoute(new Client(0), 1))).isFalse();
        assertThat(tables.find("a")).isNull();
        assertThat(tables.table("a").add("a/b", new LocalRoute(new Client(0), 1)))
                .isTrue();
    }

    @Test
    void tableInUseStays() {
        tables.removeIfEmpty(table); // open
        assertThat(tables.find("a")).isSameAs(table);

        table.close();
        table.add("a/b", new LocalRoute(new Client(0), 1));
        tables.removeIfEmpty(table);
        assertThat(tables.find("a")).isSameAs(table);
    }

    private Match match(String topic) {
        return Objects.requireNonNull(tables.match(table, topic, LOOPS));
    }
}
