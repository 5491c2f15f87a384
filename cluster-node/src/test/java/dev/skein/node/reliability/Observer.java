package dev.skein.node.reliability;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A clean client that subscribes to everything that is retained, and waits until it has all that must be there. */
final class Observer extends Robot {
    private static final String ALL = "r/#";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    Observer(Stage stage, String id, long seed) {
        super(stage, id, true, seed);
    }

    @Override
    void live() throws InterruptedException {
        if (!connect()) {
            return;
        }
        history().add(History.Kind.OBSERVE, id(), "", 0);
        List<String> expected = history().retainedTopics();
        history().add(History.Kind.SUBSCRIBE, id(), ALL, 2);
        try {
            int code = client().subscribe(ALL, 2).get(stage().deadline().toMillis(), TimeUnit.MILLISECONDS);
            history().add(History.Kind.SUBACKED, id(), ALL, code);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(id() + " could not subscribe", e);
        }
        long since = System.nanoTime();
        while (!hasAll(expected) && System.nanoTime() - since < PATIENCE_NANOS) {
            pause(50);
        }
        history().add(History.Kind.OBSERVED, id(), "", 0);
    }

    private boolean hasAll(List<String> expected) {
        Set<String> seen = new HashSet<>(history().retainedSeenBy(id()));
        return seen.containsAll(expected);
    }
}
