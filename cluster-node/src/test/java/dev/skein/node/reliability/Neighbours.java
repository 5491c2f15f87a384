package dev.skein.node.reliability;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A publisher and a subscriber at QoS 1 who mind their own business, and how long their messages take. */
final class Neighbours implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration PACE = Duration.ofMillis(10);
    private static final int MESSAGES_MAX = 1_000_000;

    private final AtomicBoolean over = new AtomicBoolean();
    private final long[] sentNanos = new long[MESSAGES_MAX];
    private final long[] tookNanos = new long[MESSAGES_MAX];
    private final Set<Integer> missing = ConcurrentHashMap.newKeySet();
    private final TestClient subscriber;
    private final TestClient publisher;
    private final Thread publishing;
    private volatile int sent;

    /** Publishing a hundred messages a second to {@code port} of this machine. */
    Neighbours(int port) throws IOException {
        subscriber = new TestClient("neighbour-subscriber", true, new TestClient.Listener() {
            @Override
            public void delivered(TestClient.Delivery delivery, boolean again) {
                int number = Integer.parseInt(delivery.payload());
                tookNanos[number] = System.nanoTime() - sentNanos[number];
                missing.remove(number);
            }
        });
        publisher = new TestClient("neighbour-publisher", true, new TestClient.Listener() {});
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        subscriber.connect(TestClient.nextConnection(), address, null, DEADLINE);
        publisher.connect(TestClient.nextConnection(), address, null, DEADLINE);
        var subscribed = subscriber.subscribe("neighbours/talk", 1);
        Waiting.until("the neighbour has subscribed", DEADLINE, subscribed::isDone);
        publishing = Thread.ofVirtual().start(this::publish);
    }

    private void publish() {
        while (!over.get() && sent < MESSAGES_MAX) {
            int number = sent;
            missing.add(number);
            sentNanos[number] = System.nanoTime();
            if (!publisher.publish("neighbours/talk", Integer.toString(number), 1, false, number)) {
                return; // disconnected: what it has sent is missed
            }
            sent = number + 1;
            Waiting.pause(PACE);
        }
    }

    /** Waits until {@code more} messages have gone to and fro. */
    void talk(int more) {
        int goal = sent + more;
        Waiting.until("the neighbours talk", DEADLINE, () -> sent >= goal && missing.size() < more);
    }

    /** Ends the talk; returns the messages that were lost and a line for a table. */
    String end() throws InterruptedException {
        over.set(true);
        publishing.join();
        Waiting.until("everything arrives: " + missing, DEADLINE, missing::isEmpty);
        long[] took = Arrays.copyOf(tookNanos, sent);
        Arrays.sort(took);
        return "%d messages, median %.1f ms, p99 %.1f ms, longest %.1f ms"
                .formatted(sent, millis(took, 0.5), millis(took, 0.99), millis(took, 1));
    }

    private static double millis(long[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1, part * sorted.length)] / 1e6;
    }

    @Override
    public void close() {
        over.set(true);
        publisher.disconnect();
        subscriber.disconnect();
    }
}
