package dev.skein.node.reliability;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a subscriber sees of the topics of {@link WillDevice}s. */
public final class WillWatcher implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private final TestClient client;
    private final List<TestClient.Delivery> seen = new CopyOnWriteArrayList<>();

    private WillWatcher(String id, boolean clean) {
        client = new TestClient(id, clean, new TestClient.Listener() {
            @Override
            public void delivered(TestClient.Delivery delivery, boolean again) {
                seen.add(delivery);
            }
        });
    }

    /** A watcher that has subscribed. */
    public static WillWatcher at(InetSocketAddress address, String id, boolean clean) throws IOException {
        WillWatcher watcher = new WillWatcher(id, clean);
        watcher.connect(address);
        try {
            watcher.client.subscribe("w/#", 2).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IOException(e);
        }
        return watcher;
    }

    /** Connects again, and goes on with its session. */
    public void connect(InetSocketAddress address) throws IOException {
        client.connect(TestClient.nextConnection(), address, null, DEADLINE);
    }

    /** What came on {@code topic}, in order. */
    public List<String> of(String topic) {
        return seen.stream()
                .filter(each -> each.topic().equals(topic))
                .map(TestClient.Delivery::payload)
                .toList();
    }

    /** Waits until {@code payload} has come on {@code topic}. */
    public WillWatcher await(String topic, String payload) {
        Waiting.until(payload + " on " + topic, DEADLINE, () -> of(topic).contains(payload));
        return this;
    }

    @Override
    public void close() {
        client.close();
    }
}
