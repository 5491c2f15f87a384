package dev.skein.connectors.rocketmq;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for what may hang, for a while. */
final class Bounded {
    private static final Logger LOG = LoggerFactory.getLogger(Bounded.class);

    private Bounded() {}

    /** Runs the task on a thread of its own. Goes on without it after {@code patience}. */
    static void run(String what, Runnable task, Duration patience) {
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.warn("RocketMQ: {} failed: {}", what, e.toString());
            }
        });
        thread.start();
        try {
            if (!thread.join(patience)) {
                LOG.warn("RocketMQ: {} takes longer than {} ms, goes on in the background", what, patience.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
