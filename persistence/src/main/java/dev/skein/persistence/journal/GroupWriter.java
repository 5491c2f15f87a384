package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the journal. It takes everything that waits, writes it as one group, has the disk take it
 * when it is to, and tells the callers.
 *
 * <p>A disk that fails keeps the group waiting: it is tried again until it is written, and nobody is told before.
 */
final class GroupWriter {
    private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);
    /** What a command takes while it waits, beside its payload. */
    private static final long COMMAND_BYTES = 200;

    private static final long GROUP_BYTES = 8 << 20;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

    private final Group group;
    private final GroupFile file;
    private final Figures figures;
    private final int maxTasks;
    private final Queue<Task> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final Thread thread;
    private final State state = new State();

    /** How it stands; written by one thread, read by all. */
    private static final class State {
        private volatile Runnable hook = () -> {};
        private volatile boolean parked;
        private volatile boolean closing;
        private volatile boolean ended;
        private volatile long giveUpAt;
        private volatile @Nullable String problem;
        private boolean logged;
        private long loggedAt;
    }

    GroupWriter(Group group, GroupFile file, Figures figures, int maxTasks) {
        this.group = group;
        this.file = file;
        this.figures = figures;
        this.maxTasks = maxTasks;
        this.thread = Thread.ofPlatform().name("skein-store-journal").daemon().unstarted(this::loop);
    }

    void start() {
        thread.start();
    }

    void onBatch(Runnable hook) {
        state.hook = hook;
    }

    /** Any thread. What one thread gives takes effect in the order of its calls. */
    void submit(Task task) {
        if (state.closing && !(task instanceof Task.Tell)) {
            task.failed(closed());
            return;
        }
        pendingBytes.addAndGet(bytes(task));
        queue.add(task);
        if (state.parked) {
            LockSupport.unpark(thread);
        }
        if (state.ended) {
            endRest();
        }
    }

    private static long bytes(Task task) {
        return switch (task) {
            case Task.Command(StoreCommand.Append append) ->
                append.bytes() + COMMAND_BYTES * Math.max(1, append.receivers().size());
            default -> COMMAND_BYTES;
        };
    }

    /** Any thread. */
    long pendingBytes() {
        return pendingBytes.get();
    }

    /** Why nothing is written, in one line; empty while it is. Any thread. */
    Optional<String> problem() {
        return Optional.ofNullable(state.problem);
    }

    /** Writes what waits, at the longest for {@code patience} while that fails, and ends the thread. */
    void close(Duration patience) {
        state.giveUpAt = System.nanoTime() + patience.toNanos();
        state.closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try {
            for (List<Task> tasks = take(); !tasks.isEmpty(); tasks = take()) {
                long started = System.nanoTime();
                if (write(tasks)) {
                    figures.groups.increment();
                    figures.groupNanos.add(System.nanoTime() - started);
                    tell();
                }
                safely(state.hook);
            }
            file.seal();
        } catch (RuntimeException | Error e) {
            state.problem = "The writing thread of the journal ended: " + e;
            LOG.error("The writing thread of the journal ended", e);
        } finally {
            state.closing = true;
            state.ended = true;
            endRest();
        }
    }

    /** Waits for tasks; empty when closing and nothing is left. */
    private List<Task> take() {
        List<Task> tasks = new ArrayList<>();
        while (true) {
            long bytes = 0;
            while (tasks.size() < maxTasks && bytes < GROUP_BYTES) {
                Task task = queue.poll();
                if (task == null) {
                    break;
                }
                tasks.add(task);
                bytes += bytes(task);
            }
            if (!tasks.isEmpty() || state.closing) {
                return tasks;
            }
            state.parked = true;
            if (queue.isEmpty() && !state.closing) {
                LockSupport.park(this);
            }
            state.parked = false;
        }
    }

    /** Whether it is written; else, as when the store closes meanwhile, those who gave it are told so. */
    private boolean write(List<Task> tasks) {
        boolean written = false;
        try {
            written = tryWrite(tasks);
            return written;
        } finally {
            for (Task task : tasks) {
                pendingBytes.addAndGet(-bytes(task));
            }
            if (!written) { // by a mistake of ours, too, which ends the thread
                tasks.forEach(GroupWriter::fail);
            }
        }
    }

    private boolean tryWrite(List<Task> tasks) {
        while (true) {
            try {
                if (!file.hasRoom()) {
                    figures.waits.increment();
                    file.awaitRoom(PAUSE);
                } else {
                    file.gather(tasks, group);
                    file.write(group);
                    recovered();
                    return true;
                }
            } catch (IOException | StoreUnavailableException e) {
                failing(e);
                LockSupport.parkNanos(this, PAUSE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // nobody does that to this thread
            }
            if (state.closing && System.nanoTime() - state.giveUpAt >= 0) {
                return false;
            }
        }
    }

    private void tell() {
        for (Runnable told : group.told()) {
            safely(told);
        }
    }

    private void failing(Exception e) {
        figures.failures.increment();
        String text = String.valueOf(e.getMessage() == null ? e : e.getMessage());
        state.problem = text;
        if (!state.logged || System.nanoTime() - state.loggedAt >= LOG_INTERVAL_NANOS) {
            LOG.error(
                    "The journal {} cannot be written; trying again: {}", file.place(), text, state.logged ? null : e);
            state.logged = true;
            state.loggedAt = System.nanoTime();
        }
    }

    private void recovered() {
        if (state.logged) {
            LOG.info("The journal {} is written again", file.place());
            state.logged = false;
        }
        if (state.problem != null) {
            state.problem = null;
        }
    }

    private void endRest() {
        for (Task task = queue.poll(); task != null; task = queue.poll()) {
            pendingBytes.addAndGet(-bytes(task));
            if (task instanceof Task.Tell(Runnable what)) {
                safely(what); // the tables were told after the journal
            } else {
                fail(task);
            }
        }
    }

    private static void fail(Task task) {
        safely(() -> task.failed(closed()));
    }

    private static void safely(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("A listener failed", e);
        }
    }

    private static StoreUnavailableException closed() {
        return new StoreUnavailableException("the store is closed", new IllegalStateException("closed"));
    }
}
