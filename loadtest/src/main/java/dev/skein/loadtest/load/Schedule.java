package dev.skein.loadtest.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The open loop of one event loop: message n of publisher p is due at {@code start + (n * publishers + p) / rate},
 * whether or not the ones before it could be sent. Belongs to its event loop once started.
 */
final class Schedule {
    /** Timers are not set finer than this. */
    private static final long FINEST_NANOS = 50_000;

    private final Loop loop;
    private final int allPublishers;
    private final double interval;
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Publisher> due = new ArrayList<>();
    private long start;
    private long end;
    private long step;

    /** {@code rate}: messages a second of all publishers of the run together. */
    Schedule(Loop loop, int allPublishers, double rate) {
        this.loop = loop;
        this.allPublishers = allPublishers;
        this.interval = TimeUnit.SECONDS.toNanos(1) / rate;
    }

    /** Adds a publisher of this loop, in rising order of number. */
    void add(Publisher publisher) {
        publishers.add(publisher);
    }

    /** When message {@code sequence} of a publisher is due. */
    long intended(int publisher, long sequence) {
        return start + (long) ((sequence * allPublishers + publisher) * interval);
    }

    void start(RunClock clock) {
        start = clock.start();
        end = clock.to();
        if (!publishers.isEmpty()) {
            tick();
        }
    }

    private void tick() {
        advance(System.nanoTime());
        for (Publisher publisher : due) {
            publisher.pump();
        }
        due.clear();
        long next = nextDue();
        if (next - end < 0) {
            long delay = Math.max(FINEST_NANOS, next - System.nanoTime());
            loop.after(delay, this::tick);
        }
    }

    /** Counts what is due by {@code now}, without sending. */
    void advance(long now) {
        long until = now - end < 0 ? now : end;
        for (long next = nextDue(); !publishers.isEmpty() && next - until < 0; next = nextDue()) {
            Publisher publisher = publishers.get((int) (step % publishers.size()));
            if (publisher.due() == publisher.sent()) {
                due.add(publisher);
            }
            publisher.dueOneMore();
            step++;
        }
    }

    private long nextDue() {
        if (publishers.isEmpty()) {
            return end;
        }
        Publisher publisher = publishers.get((int) (step % publishers.size()));
        return intended(publisher.number(), step / publishers.size());
    }
}
