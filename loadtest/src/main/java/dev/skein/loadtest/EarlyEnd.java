package dev.skein.loadtest;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** On SIGINT and SIGTERM a run ends at once, checks what it has, and prints its summary before the process ends. */
final class EarlyEnd implements AutoCloseable {
    private static final long LAST_WORDS_SECONDS = 60;

    private final AtomicBoolean stop;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread signalled = new Thread(this::end, "end early");

    /** From now on a signal sets {@code stop}; closing says that the last word was said. */
    EarlyEnd(AtomicBoolean stop) {
        this.stop = stop;
        Runtime.getRuntime().addShutdownHook(signalled);
    }

    private void end() {
        stop.set(true);
        try {
            finished.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finished.countDown();
        if (!stop.get()) {
            Runtime.getRuntime().removeShutdownHook(signalled);
        }
    }
}
