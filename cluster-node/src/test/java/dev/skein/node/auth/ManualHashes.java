package dev.skein.node.auth;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs what waits when told to, and counts. */
final class ManualHashes implements Executor {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    int room = 4;
    int taken;

    @Override
    public void execute(Runnable task) {
        if (waiting.size() == room) {
            throw new RejectedExecutionException("full");
        }
        taken++;
        waiting.add(task);
    }

    void run() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
