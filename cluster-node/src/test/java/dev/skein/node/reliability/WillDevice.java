package dev.skein.node.reliability;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that says on its topic, retained, "on-1" when it is connected for the first time, "on-2" for the second, and
 * whose will says "off-1", "off-2".
 */
public final class WillDevice implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(90);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final String id;
    private final boolean clean;
    private final int qos;
    private @Nullable TestClient current;
    private int number;

    /** A device that is not connected; {@code qos} is that of its will. */
    public WillDevice(String id, boolean clean, int qos) {
        this.id = id;
        this.clean = clean;
        this.qos = qos;
    }

    public String topic() {
        return "w/" + id;
    }

    /**
     * Connects, whatever there was before, as often as it is refused; what it says is acknowledged when this returns.
     */
    public WillDevice connect(InetSocketAddress address) {
        number++;
        Waiting.until(id + " connected", DEADLINE, () -> isConnected(address));
        return this;
    }

    private boolean isConnected(InetSocketAddress address) {
        CountDownLatch acknowledged = new CountDownLatch(1);
        TestClient next = new TestClient(id, clean, new TestClient.Listener() {
            @Override
            public void acknowledged(Object token) {
                acknowledged.countDown();
            }
        });
        try {
            TestClient.Will will = new TestClient.Will(topic(), "off-" + number, qos, true);
            next.connect(TestClient.nextConnection(), address, will, ANSWER);
            next.publish(topic(), "on-" + number, 1, true, "on");
            if (!acknowledged.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(id + ": its " + number + ". message is not acknowledged");
            }
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        current = next;
        return true;
    }

    /** Ends the connection without a word. */
    public void cut() {
        if (current != null) {
            current.cut();
        }
    }

    /** Ends the connection in order. */
    public void disconnect() {
        if (current != null) {
            current.disconnect();
        }
    }

    @Override
    public void close() {
        cut();
    }
}
