package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.reliability.Sent;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client on a thread of its own that connects to any node, and to any other one when its connection ends or nothing
 * comes from it any more, until it is told to end.
 */
abstract class ClusterRobot implements TestClient.Listener {
    private static final int RETRY_MILLIS_MAX = 200;
    private static final long PULSE_MILLIS = 1000;
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(8);
    private static final Duration ANSWER_DEADLINE = Duration.ofMinutes(3);

    private final Stage stage;
    private final Manner manner;
    private final TestClient client;
    private final Random random;
    private volatile String node = "";

    /**
     * What the robots of a run share.
     *
     * @param nodes all nodes; a live view
     * @param curtain falls when nothing new is to be published
     * @param exit opens when everything has arrived
     */
    record Stage(Chronicle chronicle, List<ClusterNode> nodes, CountDownLatch curtain, CountDownLatch exit, long seed) {
        boolean isCurtainDown() {
            return curtain.getCount() == 0;
        }

        boolean isOver() {
            return exit.getCount() == 0;
        }
    }

    /**
     * What tells one robot from another of its class.
     *
     * @param name of the robot; its client ID, unless two share one
     * @param patience how long it stays connected when nothing answers its PINGREQs
     * @param five whether it speaks MQTT 5
     */
    record Manner(String name, String clientId, boolean clean, Duration patience, boolean five) {
        private static final Duration PATIENCE = Duration.ofSeconds(5);

        static Manner clean(String id) {
            return new Manner(id, id, true, PATIENCE, false);
        }

        static Manner persistent(String id) {
            return new Manner(id, id, false, PATIENCE, false);
        }

        /** Stays connected, come what may. */
        Manner patient() {
            return new Manner(name, clientId, clean, Duration.ofMinutes(2), five);
        }

        /** Speaks MQTT 5. */
        Manner withFive() {
            return new Manner(name, clientId, clean, patience, true);
        }
    }

    ClusterRobot(Stage stage, Manner manner) {
        this.stage = stage;
        this.manner = manner;
        this.client = new TestClient(
                manner.clientId(),
                manner.clean(),
                this,
                manner.five() ? Wire.five(Terms::expirySeconds, Terms::willDelaySeconds) : Wire.THREE);
        this.random = new Random(stage.seed() * 31 + manner.name().hashCode());
    }

    /** Its whole life; returns after the exit opened. */
    abstract void live() throws InterruptedException;

    final String name() {
        return manner.name();
    }

    final String id() {
        return manner.clientId();
    }

    final boolean isClean() {
        return manner.clean();
    }

    final Stage stage() {
        return stage;
    }

    final TestClient client() {
        return client;
    }

    final Random random() {
        return random;
    }

    /** From {@code from} to {@code to} milliseconds. */
    final long between(int from, int to) {
        return (long) from + random.nextInt(to - from + 1);
    }

    /** Waits, shorter when the run is over. */
    final void pause(long millis) throws InterruptedException {
        var _ = stage.exit().await(millis, TimeUnit.MILLISECONDS);
    }

    final void write(Kind kind, String subject, int value) {
        stage.chronicle().add(kind, id(), client.connection(), subject, value);
    }

    /** The will of the connection of this number; none unless overridden. */
    @Nullable
    Sent willFor(int connection) {
        return null;
    }

    /** Connects as soon as a node answers; false when the run was over before. */
    final boolean connect() throws InterruptedException {
        while (!stage.isOver()) {
            ClusterNode target = stage.nodes().get(random.nextInt(stage.nodes().size()));
            if (target.isServing() && connect(target)) {
                return true;
            }
            pause(between(RETRY_MILLIS_MAX / 4, RETRY_MILLIS_MAX));
        }
        return false;
    }

    private boolean connect(ClusterNode target) {
        int number = TestClient.nextConnection();
        node = target.name();
        Sent will = willFor(number);
        stage.chronicle().add(Kind.CONNECT, id(), number, node, manner.clean() ? 1 : 0);
        TestClient.Will inConnect = null;
        if (will != null) {
            stage.chronicle().add(Kind.WILL, number, will);
            inConnect = new TestClient.Will(will.topic(), will.body(), will.qos(), false);
        }
        try {
            client.connect(number, target.address(), inConnect, CONNECT_DEADLINE);
            return true;
        } catch (IOException e) {
            stage.chronicle().add(Kind.CLOSED, id(), number, "no CONNACK: " + e.getMessage(), 0);
            return false;
        }
    }

    /** Pings while the robot lives, and cuts a connection on which nothing comes. */
    final void beat() throws InterruptedException {
        while (!stage.exit().await(PULSE_MILLIS, TimeUnit.MILLISECONDS)) {
            if (client.isConnected()) {
                if (client.silence().compareTo(manner.patience()) > 0) {
                    cut();
                } else {
                    client.ping();
                }
            }
        }
    }

    /** Ends the connection without a word. */
    final void cut() {
        if (client.isConnected()) {
            write(Kind.CUT, "", 0);
            client.cut();
        }
    }

    /** Ends the connection in order. */
    final void disconnect() {
        if (client.isConnected()) {
            write(Kind.DISCONNECT, "", 0);
            client.disconnect();
        }
    }

    /** SUBACK's code, 0 for UNSUBACK, or -1 when the connection ended before it. */
    final int await(Future<Integer> answer) throws InterruptedException {
        try {
            return answer.get(ANSWER_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return -1;
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    name() + " on connection " + client.connection() + ": no answer within " + ANSWER_DEADLINE, e);
        }
    }

    @Override
    public void connected(TestClient.Connack connack) {
        stage.chronicle().add(Kind.CONNECTED, id(), connack.connection(), node, connack.sessionPresent() ? 1 : 0);
    }

    @Override
    public final void closed(int connection) {
        stage.chronicle().add(Kind.CLOSED, id(), connection, "", 0);
    }

    @Override
    public final void pong(int connection) {
        stage.chronicle().add(Kind.PONG, id(), connection, "", 0);
    }

    @Override
    public void delivered(TestClient.Delivery delivery, boolean again) {
        stage.chronicle().delivered(id(), delivery, again);
    }

    @Override
    public final void acknowledged(Object token) {
        stage.chronicle().add(Kind.ACKNOWLEDGED, client.connection(), (Sent) token);
    }

    @Override
    public final void resent(Object token) {
        stage.chronicle().add(Kind.RESENT, client.connection(), (Sent) token);
    }
}
