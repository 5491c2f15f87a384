package dev.skein.node.auth;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** A clock that a test moves, and what is to happen by it. */
final class ManualTimer implements BiConsumer<Duration, Runnable> {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // the clock may wrap
    private final List<Alarm> alarms = new ArrayList<>();

    private record Alarm(long at, Runnable task) {}

    long nanos() {
        return nanos.get();
    }

    @Override
    public void accept(Duration delay, Runnable task) {
        alarms.add(new Alarm(nanos.get() + delay.toNanos(), task));
    }

    int pending() {
        return alarms.size();
    }

    /** Moves the clock on, alarm by alarm; {@code then} runs after each. */
    void pass(Duration time, Runnable then) {
        long end = nanos.get() + time.toNanos();
        while (true) {
            Alarm next = alarms.stream()
                    .filter(alarm -> alarm.at() - end <= 0)
                    .min(Comparator.comparingLong(alarm -> alarm.at() - end))
                    .orElse(null);
            if (next == null) {
                nanos.set(end);
                return;
            }
            alarms.remove(next);
            nanos.set(next.at());
            next.task().run();
            then.run();
        }
    }

    void pass(Duration time) {
        pass(time, () -> {});
    }
}
