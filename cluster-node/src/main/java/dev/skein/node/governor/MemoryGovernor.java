package dev.skein.node.governor;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Says when the memory of the process is nearly used up, and when it is not any more: above the high mark of one kind
 * of memory there is an alarm, until all kinds are below the low mark. Between the two marks nothing changes, so that
 * it does not go to and fro. Thread-safe; looks when it is told to.
 *
 * <p>While there is an alarm for the heap, hardly anything is allocated, so that no collection may come that would show
 * what has become free. Then it asks for one, once in {@link #COLLECT_NANOS} at the most.
 */
public final class MemoryGovernor {
    /** Without a collection for so long, one is asked for while there is an alarm. */
    static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** For how long the heap has to be above the high mark. */
    static final long SUSTAINED_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    /** Above this it need not. */
    static final int CERTAIN_PERCENT = 95;

    private final MemorySettings settings;
    private final List<MemoryUse> kinds;
    private final LongSupplier lastCollected;
    private final Runnable collect;
    private final Consumer<@Nullable String> alarm;
    private final boolean[] above;
    /** Whether, and since when, the heap has been above the high mark without an alarm. */
    private boolean suspected;

    private long suspectedAt;
    private final LongAdder raised = new LongAdder();
    private long seen;
    private long collectedAt;

    /**
     * @param kinds the heap first
     * @param lastCollected what the last collection of the heap has left: it changes with each
     * @param collect collects the heap; may take its time
     * @param alarm told what is above its mark when an alarm is raised, and null when it is over
     */
    MemoryGovernor(
            MemorySettings settings,
            List<MemoryUse> kinds,
            LongSupplier lastCollected,
            Runnable collect,
            Consumer<@Nullable String> alarm) {
        this.settings = settings;
        this.kinds = List.copyOf(kinds);
        this.lastCollected = lastCollected;
        this.collect = collect;
        this.alarm = alarm;
        this.above = new boolean[kinds.size()];
    }

    /** Looks at all kinds now. Called after collections, and about once a second; {@code now} in nanoseconds. */
    public void look(long now) {
        if (lookForCollection(now)) {
            collect.run();
            compare(now);
        }
    }

    private synchronized boolean lookForCollection(long now) {
        boolean before = above[0];
        compare(now);
        long left = lastCollected.getAsLong();
        if (!above[0] || !before || left != seen) {
            seen = left;
            collectedAt = now;
            return false;
        }
        boolean due = now - collectedAt >= COLLECT_NANOS;
        if (due) {
            collectedAt = now;
        }
        return due;
    }

    private synchronized void compare(long now) {
        boolean before = isAlarmed();
        for (int i = 0; i < above.length; i++) {
            long used = kinds.get(i).used();
            long max = kinds.get(i).max();
            above[i] = above[i] ? !settings.isBelowLow(used, max) : isHigh(i, used, max, now);
        }
        if (isAlarmed() && !before) {
            raised.increment();
            alarm.accept(describe());
        } else if (before && !isAlarmed()) {
            alarm.accept(null);
        }
    }

    /**
     * The heap has to stay high for a while, unless it is nearly full: G1's first figure after a marking has garbage in
     * it that the collections of the next moment free.
     */
    private boolean isHigh(int kind, long used, long max, long now) {
        boolean high = settings.isAboveHigh(used, max);
        if (kind != 0 || (high && MemorySettings.percent(used, max) >= CERTAIN_PERCENT)) {
            return high;
        }
        if (high && !suspected) {
            suspectedAt = now;
        }
        suspected = high;
        return high && now - suspectedAt >= SUSTAINED_NANOS;
    }

    private boolean isAlarmed() {
        for (boolean each : above) {
            if (each) {
                return true;
            }
        }
        return false;
    }

    /** What is used of each kind, for people. */
    public String describe() {
        return kinds.stream()
                .map(each -> "%s %.0f %% of %d MiB"
                        .formatted(
                                each.what(),
                                MemorySettings.percent(each.used(), each.max()),
                                each.max() / (1024 * 1024)))
                .collect(Collectors.joining(", "));
    }

    /** All kinds. */
    public List<MemoryUse> kinds() {
        return kinds;
    }

    /** Whether a kind of memory is above its mark. */
    public synchronized boolean isAbove(MemoryUse kind) {
        return IntStream.range(0, above.length)
                .anyMatch(i -> above[i] && kinds.get(i).equals(kind));
    }

    /** Alarms since the start. */
    public long raised() {
        return raised.sum();
    }
}
