package dev.skein.node.reliability;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** A client that takes its time with what it gets, and publishes with a window. Thread-safe. */
public final class PacedClient implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int WINDOW = 100;
    /** Nanoseconds for each byte: about 4 MB a second. */
    private static final int BYTE_NANOS = 250;

    private final TestClient client;
    private final List<String> names = new ArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger pongs = new AtomicInteger();

    private PacedClient(String id, boolean clean, boolean slow) {
        this.client = new TestClient(id, clean, new TestClient.Listener() {
            @Override
            public void delivered(TestClient.Delivery delivery, boolean again) {
                if (slow) {
                    LockSupport.parkNanos((long) delivery.payload().length() * BYTE_NANOS);
                }
                if (!again) {
                    synchronized (names) {
                        names.add(Sent.nameIn(delivery.payload()));
                    }
                }
            }

            @Override
            public void acknowledged(Object token) {
                acknowledged.incrementAndGet();
            }

            @Override
            public void pong(int connection) {
                pongs.incrementAndGet();
            }
        });
    }

    /** Connects; {@code slow}: it takes about 4 MB a second. */
    public static PacedClient on(InetSocketAddress node, String id, boolean clean, boolean slow) throws IOException {
        PacedClient made = new PacedClient(id, clean, slow);
        made.client.connect(TestClient.nextConnection(), node, null, DEADLINE);
        return made;
    }

    /** The client itself. */
    public TestClient client() {
        return client;
    }

    /** PINGRESPs that came. */
    public int pongs() {
        return pongs.get();
    }

    /** Names of the messages that came, in their order; a copy. */
    public List<String> names() {
        synchronized (names) {
            return List.copyOf(names);
        }
    }

    /** Subscribes and waits for the answer. */
    public void subscribe(String filter, int qos) throws ExecutionException, InterruptedException, TimeoutException {
        int granted = client.subscribe(filter, qos).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (granted != qos) {
            throw new IllegalStateException("granted: " + granted + " (expected: " + qos + ")");
        }
    }

    /** Publishes further messages and waits until all are acknowledged. */
    public void publish(String topic, int qos, int size, int messages) {
        int before = acknowledged.get();
        for (int i = before + 1; i <= before + messages; i++) {
            Waiting.until("room in the window", () -> client.unacknowledged() < WINDOW);
            Sent message = new Sent(client.id(), i, topic, qos, false, size);
            if (!client.publish(topic, message.body(), qos, false, message)) {
                throw new IllegalStateException("connection: closed (expected: open)");
            }
        }
        Waiting.until("all acknowledged", () -> acknowledged.get() == before + messages);
    }

    /** Names of the first messages that this client has published. */
    public List<String> published(int messages) {
        return IntStream.rangeClosed(1, messages)
                .mapToObj(i -> client.id() + ":" + i)
                .toList();
    }

    @Override
    public void close() {
        client.close();
    }
}
