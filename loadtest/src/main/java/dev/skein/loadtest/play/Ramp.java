package dev.skein.loadtest.play;

import dev.skein.loadtest.load.Connections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Does something with many members at a rate and counts the answers. Counters are thread-safe. */
final class Ramp {
    /** With this many failures and no success, the rest would fail too. */
    private static final int HOPELESS = 20;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long ANSWER_NANOS = 30 * SECOND;
    private static final long FINEST = 200_000;
    private static final long COARSEST = 5_000_000;

    private final int mostPending;
    private final RunTime time;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger up = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    Ramp(int mostPending, RunTime time) {
        this.mostPending = mostPending;
        this.time = time;
    }

    /** What is done with one member; {@code at} is when it was due, in the time of the run. */
    interface Step {
        void of(Member member, long at);
    }

    /**
     * Does it with all, and returns when each has answered, or nothing answered for 30 s.
     *
     * @param perSecond 0 for as fast as it goes
     * @param connects whether each is a new connection
     */
    void run(List<Member> members, double perSecond, boolean connects, Step step) {
        long start = time.now();
        double interval = perSecond > 0 ? SECOND / perSecond : 0;
        begun.set(0);
        answered.set(0);
        for (int i = 0; i < members.size() && !hopeless(); i++) {
            long due = start + (long) (i * interval);
            await(due, this::hopeless);
            await(Long.MAX_VALUE, () -> hopeless() || pending() < mostPending);
            if (hopeless()) {
                break;
            }
            begun.incrementAndGet();
            if (connects) {
                asked.incrementAndGet();
            }
            Member member = members.get(i);
            long at = interval == 0 ? time.now() : due;
            member.lane().run(() -> step.of(member, at));
        }
        awaitAnswers(connects);
    }

    private void awaitAnswers(boolean connects) {
        int before = -1;
        while (pending() > 0 && pending() != before && !stopped) {
            before = pending();
            int seen = before;
            await(time.now() + ANSWER_NANOS, () -> pending() != seen || stopped);
        }
        int silent = pending();
        if (silent > 0 && connects) {
            failed.addAndGet(silent);
            reason(stopped ? "ended early" : "no answer in 30 s", silent);
        }
    }

    private void await(long deadline, BooleanSupplier condition) {
        long pause = FINEST;
        while (!condition.getAsBoolean()) {
            long rest = deadline == Long.MAX_VALUE ? pause : deadline - time.now();
            if (rest <= 0) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(rest, pause));
            pause = Math.min(COARSEST, pause * 2);
        }
    }

    private boolean hopeless() {
        return stopped || (failed.get() >= HOPELESS && opened.get() == 0);
    }

    private int pending() {
        return begun.get() - answered.get();
    }

    void stop() {
        stopped = true;
    }

    void answered() {
        answered.incrementAndGet();
    }

    void ready() {
        opened.incrementAndGet();
        up.incrementAndGet();
        answered.incrementAndGet();
    }

    /** A connection is over; {@code planned} by ourselves. */
    void closed(boolean wasReady, boolean planned, String reason) {
        if (wasReady) {
            up.decrementAndGet();
        }
        if (planned) {
            answered.incrementAndGet();
        } else if (wasReady) {
            lost.incrementAndGet();
            reason(reason, 1);
        } else {
            failed.incrementAndGet();
            answered.incrementAndGet();
            reason(reason, 1);
        }
    }

    private void reason(String reason, int count) {
        reasons.computeIfAbsent(reason, unused -> new LongAdder()).add(count);
    }

    int up() {
        return up.get();
    }

    Connections connections() {
        Map<String, Long> why = new TreeMap<>();
        reasons.forEach((reason, count) -> why.put(reason, count.sum()));
        return new Connections(asked.get(), opened.get(), failed.get(), lost.get(), why);
    }
}
