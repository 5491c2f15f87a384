package dev.skein.node.reliability;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what a client gets, and counts what was acknowledged to it. Thread-safe. */
final class Inbox implements TestClient.Listener {
    private final List<String> bodies = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();

    @Override
    public void delivered(TestClient.Delivery delivery, boolean again) {
        if (!again) {
            synchronized (bodies) {
                bodies.add(Sent.nameIn(delivery.payload()));
            }
            delivered.incrementAndGet();
        }
    }

    @Override
    public void acknowledged(Object token) {
        acknowledged.incrementAndGet();
    }

    /** Messages of this client that the broker has acknowledged. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** Messages that came, repeats included. */
    long count() {
        return delivered.get();
    }

    /** Names of the messages that came, in their order; a copy. */
    List<String> names() {
        synchronized (bodies) {
            return List.copyOf(bodies);
        }
    }

    /** As {@link #names}, without repeats. */
    List<String> distinctNames() {
        return names().stream().distinct().toList();
    }
}
