package dev.skein.node.rule.sink;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the tasks of one rule one after another, on threads that it shares with others. Thread-safe. */
public final class Mailbox implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Executor threads;
    private final Runnable afterwards;

    /**
     * An empty one.
     *
     * @param afterwards runs when all tasks that were there have run
     */
    public Mailbox(Executor threads, Runnable afterwards) {
        this.threads = threads;
        this.afterwards = afterwards;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            threads.execute(this::run);
        }
    }

    private void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
        guarded(afterwards);
        scheduled.set(false);
        if (!tasks.isEmpty()) {
            schedule(); // it came between the last look and now
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) { // of a connector; the others go on
            LOG.error("A task of a rule failed", e);
        }
    }
}
