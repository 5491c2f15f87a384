package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.ConnectOptions;
import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.Transport;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/** Opens clients at a rate and counts what becomes of them. Counters are thread-safe. */
final class Fleet {
    /** With this many failures and no success, the rest would fail too. */
    private static final int HOPELESS = 20;

    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Transport transport;
    private final List<Loop> loops;
    private final int mostPending;
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger ready = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    /** Of those that were ready, the ones that are over. */
    private final AtomicInteger ended = new AtomicInteger();

    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /** {@code mostPending}: connections that may be under way at once. */
    Fleet(Transport transport, List<Loop> loops, int mostPending) {
        this.mostPending = mostPending;
        this.transport = transport;
        this.loops = loops;
    }

    /**
     * Opens all clients and returns when each is ready or has failed, when {@code stop} says so, or when nothing has
     * answered for 30 s (then those are failures).
     *
     * @param perSecond how many to open a second, above 0
     * @param all whether the first failure ends it
     */
    Opening open(List<? extends Client> clients, ConnectOptions options, double perSecond, Ticker ticker, boolean all) {
        long start = System.nanoTime();
        double interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        for (Client client : clients) {
            long due = start + (long) (opened.get() * interval);
            boolean go = ticker.await(due, () -> hopeless(all))
                    && ticker.await(Long.MAX_VALUE, () -> hopeless(all) || pending() < mostPending);
            if (!go || hopeless(all)) {
                break;
            }
            client.asked(due);
            transport.open(
                    client.loop().executor(),
                    opened.getAndIncrement(),
                    new Connection(client.clientId(), options, client));
        }
        long begun = System.nanoTime() - start;
        awaitAnswers(ticker, () -> pending() == 0 || hopeless(all));
        return new Opening(opened.get(), begun, System.nanoTime() - start);
    }

    /**
     * How the opening went.
     *
     * @param begun connections that were begun
     * @param begunNanos from the first to the last beginning
     * @param answeredNanos from the first beginning to the last answer
     */
    record Opening(int begun, long begunNanos, long answeredNanos) {}

    private void awaitAnswers(Ticker ticker, BooleanSupplier done) {
        int before = -1;
        while (!done.getAsBoolean() && pending() != before) {
            before = pending();
            int seen = before;
            ticker.await(System.nanoTime() + ANSWER_NANOS, () -> done.getAsBoolean() || pending() != seen);
            if (ticker.stopped()) {
                return;
            }
        }
        int silent = pending();
        if (silent > 0 && !done.getAsBoolean()) {
            failed.addAndGet(silent);
            reasons.computeIfAbsent("no answer in 30 s", unused -> new LongAdder())
                    .add(silent);
        }
    }

    private boolean hopeless(boolean all) {
        return all ? failed.get() > 0 : failed.get() >= HOPELESS && ready.get() == 0;
    }

    private int pending() {
        return opened.get() - ready.get() - failed.get();
    }

    void ready() {
        ready.incrementAndGet();
    }

    void closed(boolean wasReady, String reason) {
        if (wasReady) {
            ended.incrementAndGet();
        }
        if (closing) {
            return;
        }
        (wasReady ? lost : failed).incrementAndGet();
        reasons.computeIfAbsent(reason, unused -> new LongAdder()).increment();
    }

    /** Sends DISCONNECT everywhere and waits, bounded, until all is closed. */
    void close(Ticker ticker) {
        closing = true;
        for (Loop loop : loops) {
            loop.executor().execute(loop::disconnect);
        }
        ticker.awaitAnyway(System.nanoTime() + CLOSE_NANOS, () -> ended.get() >= ready.get());
    }

    int readyNow() {
        return ready.get() - lost.get();
    }

    Connections connections(int asked) {
        Map<String, Long> why = new TreeMap<>();
        reasons.forEach((reason, count) -> why.put(reason, count.sum()));
        return new Connections(asked, ready.get(), failed.get(), lost.get(), why);
    }
}
