package dev.skein.node.wiring;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How to end what a start has begun, for one that fails; the last is ended first. Thread-safe. */
final class Undo {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final Deque<Runnable> steps = new ArrayDeque<>();
    private boolean failed;

    /** Something has begun; {@code end} ends it. At once when the start has failed by now. */
    void begun(Runnable end) {
        synchronized (this) {
            if (!failed) {
                steps.push(end);
                return;
            }
        }
        run(end);
    }

    /** The start has failed. */
    void run() {
        Deque<Runnable> all;
        synchronized (this) {
            failed = true;
            all = new ArrayDeque<>(steps);
            steps.clear();
        }
        all.forEach(Undo::run);
    }

    private static void run(Runnable end) {
        try {
            end.run();
        } catch (RuntimeException e) {
            LOG.warn("A start failed, and not everything that it had begun could be ended", e);
        }
    }
}
