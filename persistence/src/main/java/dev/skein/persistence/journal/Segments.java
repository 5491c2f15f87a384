package dev.skein.persistence.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The files of a journal: one that is written to, and those behind it that wait for the moving thread, oldest first.
 * Thread-safe.
 */
final class Segments {
    private final JournalFiles files;
    private final RandomGenerator salts;
    private final Deque<Sealed> sealed = new ArrayDeque<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile @Nullable Segment active;
    private long activeSince;
    private long nextNumber;
    private boolean hurry;
    /** Names of files that are to be removed, or null: they are removed at once. */
    private @Nullable Set<String> kept;

    private boolean closing;

    private record Sealed(Segment segment, long since) {}

    private record Waiter(long upTo, CompletableFuture<Void> done) {}

    /**
     * @param left those that were there at the start, oldest first
     * @param nextNumber of the next segment
     */
    Segments(JournalFiles files, RandomGenerator salts, List<Segment> left, long nextNumber) {
        this.files = files;
        this.salts = salts;
        this.nextNumber = nextNumber;
        left.forEach(segment -> sealed.add(new Sealed(segment, System.nanoTime())));
    }

    /** Where they are, for messages to people. */
    String place() {
        return files.place();
    }

    // The writing thread

    /** The one that is written to, or null. */
    @Nullable
    Segment active() {
        return active;
    }

    /** Makes one to be written to; {@code first} is the number of its first record. */
    Segment begin(long first) throws IOException {
        Segment segment = Segment.create(files, nextNumber, first, salts.nextInt());
        synchronized (this) {
            nextNumber++;
            active = segment;
            activeSince = System.nanoTime();
        }
        return segment;
    }

    /** The next record goes to another one. */
    synchronized void seal() {
        Segment segment = active;
        if (segment != null) {
            active = null;
            sealed.add(new Sealed(segment, System.nanoTime()));
            notifyAll();
        }
    }

    /** Waits a moment for the moving thread to remove one. */
    @SuppressWarnings("WaitNotInLoop") // the caller looks again, and it is a moment only
    synchronized void awaitRoom(Duration patience) throws InterruptedException {
        hurry = true;
        notifyAll();
        wait(patience.toMillis());
    }

    // The moving thread

    /**
     * The oldest one that is not written to any more, when it is due: so long after it was sealed, or at once when
     * there are several or somebody waits. Waits for {@code patience} at the longest, null then.
     */
    synchronized @Nullable Segment awaitDue(Duration settled, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Sealed oldest = sealed.peek();
            long now = System.nanoTime();
            boolean due = oldest != null
                    && (hurry || sealed.size() > 1 || !waiters.isEmpty() || now - oldest.since >= settled.toNanos());
            if (due) {
                return oldest.segment;
            }
            if (end - now <= 0 || closing) {
                hurry = false;
                return null;
            }
            wait(Math.max(1, Duration.ofNanos(end - now).toMillis()));
        }
    }

    /** The moving thread looks up. */
    synchronized void wake() {
        closing = true;
        notifyAll();
    }

    /** Removes the oldest one. */
    void drop(Segment segment) throws IOException {
        if (segment.damaged) {
            files.rename(segment.name(), segment.name() + Segment.DAMAGED);
        } else if (!keep(segment.name())) {
            files.delete(segment.name());
        }
        List<Waiter> done = new ArrayList<>();
        synchronized (this) {
            sealed.remove();
            hurry &= !sealed.isEmpty();
            waiters.removeIf(waiter -> waiter.upTo <= segment.number() && done.add(waiter));
            notifyAll();
        }
        segment.close();
        done.forEach(waiter -> waiter.done.complete(null));
    }

    /** Completes {@code done} when all that are sealed now are removed. */
    void whenMoved(CompletableFuture<Void> done) {
        synchronized (this) {
            if (!sealed.isEmpty()) {
                waiters.add(new Waiter(sealed.getLast().segment.number(), done));
                notifyAll();
                return;
            }
        }
        done.complete(null);
    }

    /** How long ago the one that is written to was begun; zero when there is none. */
    synchronized Duration age() {
        return active == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - activeSince);
    }

    /** Whether somebody copies the files: then this one goes later. */
    private synchronized boolean keep(String name) {
        return kept != null && kept.add(name);
    }

    // Any thread

    /** Files of which the tables have everything stay from now on, until {@link #release}: they are copied. */
    synchronized void hold() {
        kept = new HashSet<>();
    }

    /** Removes those that were kept. */
    void release() throws IOException {
        Set<String> names;
        synchronized (this) {
            names = kept == null ? Set.of() : kept;
            kept = null;
        }
        for (String name : names) {
            files.delete(name);
        }
    }

    /** Size of all. */
    synchronized long bytes() {
        long bytes = active == null ? 0 : active.end();
        for (Sealed each : sealed) {
            bytes += each.segment.end();
        }
        return bytes;
    }

    /** Nothing is read or written any more. */
    synchronized void close() {
        seal();
        for (Sealed each : sealed) {
            try {
                each.segment.close();
            } catch (IOException e) {
                // it was closed, or the system has it: nothing that was stored depends on this
            }
        }
    }
}
