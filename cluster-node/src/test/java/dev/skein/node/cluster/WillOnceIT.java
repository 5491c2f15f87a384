package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A node dies after it has published a will and before it has removed it: another takes the will over, nobody gets it
 * again.
 */
@Tag("mostly-waiting")
@ResourceLock(Lanes.FIRST)
class WillOnceIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String TOPIC = "wills/once";

    @TempDir
    Path home;

    @Test
    void aWillIsNotPublishedAgainWhenItsNodeDiesBeforeItIsRemoved() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 2);
                Connection database = DriverManager.getConnection(
                        cluster.postgres().url(PostgresServer.HOST),
                        cluster.postgres().user(),
                        "");
                Receiver live = Receiver.on(cluster, 1, "live", true, 1);
                Receiver unacknowledged = Receiver.on(cluster, 1, "live-qos0", true, 0);
                Receiver persistent = Receiver.on(cluster, 1, "persistent", false, 1);
                Receiver pushed = Receiver.on(cluster, 1, "persistent-qos0", false, 0)) {
            List<Receiver> receivers = List.of(live, unacknowledged, persistent, pushed);
            refuseRemovals(database);
            leaveWithoutDisconnect(cluster.node(2));
            receivers.forEach(each -> each.await(1));

            cluster.node(2).kill();
            execute(database, "DROP TRIGGER held ON skein_will");
            Waiting.until("the will is removed", DEADLINE, () -> count(database) == 0);

            try (TestClient publisher = connect(cluster.node(1), "publisher", true, new TestClient.Listener() {})) {
                publisher.publish(TOPIC, "next", 1, false, "next");
                receivers.forEach(each -> each.await(2));
            }
            assertThat(receivers).allSatisfy(each -> assertThat(each.bodies).containsExactly("gone", "next"));
        }
    }

    private static void leaveWithoutDisconnect(ClusterNode node) throws IOException {
        try (TestClient client = new TestClient("leaver", true, new TestClient.Listener() {})) {
            TestClient.Will will = new TestClient.Will(TOPIC, "gone", 1, false);
            client.connect(TestClient.nextConnection(), node.address(), will, DEADLINE);
            client.cut();
        }
    }

    /** The database does not let a will go; what cannot be removed is left, as by a node that dies there. */
    private static void refuseRemovals(Connection database) throws SQLException {
        execute(
                database,
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION 'held' USING ERRCODE = '23514'; END $$");
        execute(database, "CREATE TRIGGER held BEFORE DELETE ON skein_will FOR EACH ROW EXECUTE FUNCTION refuse()");
    }

    private static void execute(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(Connection database) {
        try (Statement statement = database.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM skein_will")) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestClient connect(ClusterNode node, String id, boolean clean, TestClient.Listener listener)
            throws IOException {
        TestClient client = new TestClient(id, clean, listener);
        client.connect(TestClient.nextConnection(), node.address(), null, DEADLINE);
        return client;
    }

    /** A connected subscriber and what it has got. */
    private record Receiver(TestClient client, List<String> bodies) implements AutoCloseable {
        static Receiver on(ClusterFixture cluster, int node, String id, boolean clean, int qos) throws Exception {
            List<String> bodies = new CopyOnWriteArrayList<>();
            TestClient client = connect(cluster.node(node), id, clean, new TestClient.Listener() {
                @Override
                public void delivered(TestClient.Delivery delivery, boolean again) {
                    bodies.add(delivery.payload());
                }
            });
            client.subscribe(TOPIC, qos).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            return new Receiver(client, bodies);
        }

        void await(int count) {
            Waiting.until(count + " messages for " + client.id(), DEADLINE, () -> bodies.size() >= count);
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
