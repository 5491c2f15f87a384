package dev.skein.node.admission;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slows those who connect all the time: a client, by its own connections, and an address, by the short ones from it.
 * Who comes back more often than the bound waits for its CONNACK until it would be due at the rate of the bound,
 * {@code max-delay} at the most; so it comes to connect at that rate. Many clients that come once are not slowed, also
 * from one address: their connections last. Thread-safe.
 */
public final class Reconnects {
    /** Clients, and addresses, that are remembered. */
    static final int REMEMBERED = 100_000;

    private final ReconnectSettings settings;
    private final int waitingMax;
    private final LongSupplier nanoTime;
    private final Recent<Object, Seen> clients = new Recent<>(REMEMBERED);
    private final Recent<Object, Seen> addresses = new Recent<>(REMEMBERED);
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder clientsSlowed = new LongAdder();
    private final LongAdder addressesSlowed = new LongAdder();

    private static final class Seen {
        private final Bucket bucket;
        private volatile boolean slowed;

        private Seen(long now, long burst) {
            bucket = new Bucket(now, burst);
        }

        /** Whether it is slowed from now on, and was not before. */
        boolean begins(boolean slow) {
            boolean begins = slow && !slowed;
            slowed = slow;
            return begins;
        }
    }

    /**
     * What one CONNECT has to wait.
     *
     * @param nanos 0 for nothing
     * @param begins why, in words, when the first one of several has to wait: worth a log line; else null
     */
    public record Delay(long nanos, @Nullable String begins) {
        private static final Delay NONE = new Delay(0, null);
    }

    /**
     * @param waitingMax how many may wait at once
     * @param nanoTime such as {@code System::nanoTime}
     */
    public Reconnects(ReconnectSettings settings, int waitingMax, LongSupplier nanoTime) {
        this.settings = settings;
        this.waitingMax = waitingMax;
        this.nanoTime = nanoTime;
    }

    /**
     * A client connects, and may.
     *
     * @param client whose client ID it is, or null when the client has none of its own
     * @param address the one that it comes from
     */
    public Delay connects(@Nullable Object client, Object address) {
        long now = nanoTime.getAsLong();
        Delay ofClient = client == null || settings.client() == 0 ? Delay.NONE : client(client, now);
        Delay ofAddress = settings.address() == 0 ? Delay.NONE : address(address, now);
        return ofAddress.nanos() > ofClient.nanos() ? ofAddress : ofClient;
    }

    private Delay client(Object client, long now) {
        Seen seen = clients.of(client, _ -> new Seen(now, burst(settings.client())));
        long delay = seen.bucket.take(
                window() / settings.client(), burst(settings.client()), longest(settings.client()), now);
        return delay(seen, delay, clientsSlowed, "skein.admission.reconnects.client: " + settings.client());
    }

    private Delay address(Object address, long now) {
        Seen seen = addresses.of(address, _ -> new Seen(now, burst(settings.address())));
        return delay(
                seen,
                seen.bucket.ahead(now),
                addressesSlowed,
                "skein.admission.reconnects.address: " + settings.address() + " short connections");
    }

    private Delay delay(Seen seen, long nanos, LongAdder slowed, String bound) {
        boolean begins = seen.begins(nanos > 0);
        if (nanos == 0) {
            return Delay.NONE;
        }
        slowed.increment();
        String why = begins ? bound + " in " + settings.window().toSeconds() + " s; its CONNECTs wait" : null;
        return new Delay(Math.min(nanos, settings.maxDelay().toNanos()), why);
    }

    /** A connection from {@code address} has ended that was there for {@code lastedNanos}. */
    public void ended(Object address, long lastedNanos) {
        if (settings.address() > 0 && lastedNanos < window()) {
            long now = nanoTime.getAsLong();
            Seen seen = addresses.of(address, _ -> new Seen(now, burst(settings.address())));
            seen.bucket.take(
                    window() / settings.address(), burst(settings.address()), longest(settings.address()), now);
        }
    }

    private long window() {
        return settings.window().toNanos();
    }

    /** So many at once, and not one more: one is due already when nothing is left of the burst. */
    private long burst(int bound) {
        return window() - window() / bound;
    }

    /** Who has waited the longest delay connects at the rate again. */
    private long longest(int bound) {
        return settings.maxDelay().toNanos() + window() / bound;
    }

    /** One more CONNECT begins to wait; false when too many do. {@link #waited} follows when it is true. */
    public boolean mayWait() {
        if (waiting.incrementAndGet() > waitingMax) {
            waiting.decrementAndGet();
            return false;
        }
        return true;
    }

    /** It does not wait any more. */
    public void waited() {
        waiting.decrementAndGet();
    }

    /** CONNECTs that wait now. */
    public int waiting() {
        return waiting.get();
    }

    /** CONNECTs that had to wait for their client's sake, since the start. */
    public long clientsSlowed() {
        return clientsSlowed.sum();
    }

    /** CONNECTs that had to wait for their address' sake, since the start. */
    public long addressesSlowed() {
        return addressesSlowed.sum();
    }
}
