package dev.skein.node.reliability;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * A client with a will of its own, on a thread of its own: goes on through every end of the process until it is told.
 */
abstract class Robot implements TestClient.Listener {
    private static final long RETRY_MILLIS = 50;

    private final Stage stage;
    private final TestClient client;
    private final boolean cleanSession;
    private final Random random;

    /**
     * What the robots of a run share.
     *
     * @param history where they write down what they do and see
     * @param port where the process listens at the moment, 0 while it does not
     * @param curtain falls when nothing new is to be published
     * @param exit opens when everything has arrived
     * @param deadline the longest that a robot waits for one thing
     */
    record Stage(History history, IntSupplier port, CountDownLatch curtain, CountDownLatch exit, Duration deadline) {}

    Robot(Stage stage, String id, boolean cleanSession, long seed) {
        this.stage = stage;
        this.cleanSession = cleanSession;
        this.client = new TestClient(id, cleanSession, this);
        this.random = new Random(seed * 31 + id.hashCode());
    }

    /** Its whole life; returns after the exit opened. */
    abstract void live() throws InterruptedException;

    final String id() {
        return client.id();
    }

    final Stage stage() {
        return stage;
    }

    final History history() {
        return stage.history();
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

    final boolean isOver() {
        return stage.exit().getCount() == 0;
    }

    final boolean isCurtainDown() {
        return stage.curtain().getCount() == 0;
    }

    /** Waits, shorter when the run is over. */
    final void pause(long millis) throws InterruptedException {
        var _ = stage.exit().await(millis, TimeUnit.MILLISECONDS);
    }

    /** Connects as soon as something answers; false when the run was over before. */
    final boolean connect() throws InterruptedException {
        while (!isOver()) {
            int port = stage.port().getAsInt();
            try {
                if (port > 0) {
                    TestClient.Connack connack = client.connect(port);
                    client.unhold();
                    connected(connack.sessionPresent());
                    return true;
                }
            } catch (IOException e) {
                // The process is down, or about to be.
            }
            pause(RETRY_MILLIS);
        }
        return false;
    }

    private void connected(boolean present) {
        History.Kind kind = cleanSession ? History.Kind.CONNECTED_CLEAN : History.Kind.CONNECTED;
        history().add(kind, id(), "", present ? 1 : 0);
    }

    final void cut() {
        history().add(History.Kind.CUT, id(), "", 0);
        client.cut();
    }

    @Override
    public final void delivered(TestClient.Delivery delivery, boolean again) {
        history().delivered(id(), delivery, again);
    }

    @Override
    public final void acknowledged(Object token) {
        history().acknowledged((Sent) token);
    }

    @Override
    public final void resent(Object token) {
        history().resent((Sent) token);
    }
}
