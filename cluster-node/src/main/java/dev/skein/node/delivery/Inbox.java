package dev.skein.node.delivery;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What event loops have handed to one of them, in the order in which it came: delivered in slices, and sockets are read
 * between two of them. Confined to its loop but for {@link #put} and {@link #isIdle}.
 */
final class Inbox implements Runnable {
    /** Bytes written to clients, about, before sockets have their turn: half a millisecond. */
    static final long SLICE = 1024 * 1024;

    private final EventLoop loop;
    private final Queue<Outbox> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private @Nullable Outbox current;

    Inbox(EventLoop loop) {
        this.loop = loop;
    }

    /** Takes {@code outbox}, which nobody else touches any more. Any thread. */
    void put(Outbox outbox) {
        waiting.add(outbox);
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(this);
        }
    }

    /** Whether everything that was put before is delivered. Any thread. */
    boolean isIdle() {
        return !scheduled.get();
    }

    @Override
    public void run() {
        try {
            long room = SLICE;
            for (Outbox next = next(); next != null && room > 0; next = next()) {
                room = next.deliver(room);
            }
        } finally {
            goOn();
        }
    }

    /** The one of which something is left, or the first that waits. */
    private @Nullable Outbox next() {
        if (current == null || current.isDelivered()) {
            current = waiting.poll();
        }
        return current;
    }

    private void goOn() {
        if (next() != null) {
            // Not a task of this round, which would run before any socket is read.
            var _ = loop.schedule(this, 0, TimeUnit.NANOSECONDS);
            return;
        }
        scheduled.set(false);
        if (!waiting.isEmpty() && scheduled.compareAndSet(false, true)) {
            loop.execute(this);
        }
    }
}
