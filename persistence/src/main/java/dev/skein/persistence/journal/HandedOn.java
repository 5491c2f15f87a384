package dev.skein.persistence.journal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Messages that were handed to the tables and whose outcome is not told yet, and who is told behind them. Confined to
 * the writing thread.
 */
final class HandedOn {
    private final Deque<Behind> waiting = new ArrayDeque<>();
    private long given;
    private long told;

    private record Behind(long given, Runnable then) {}

    /** One more is handed on. */
    void given() {
        given++;
    }

    /** The outcome of one is told; the tables tell them in their order. */
    void told() {
        told++;
        for (Behind next = waiting.peek(); next != null && next.given <= told; next = waiting.peek()) {
            waiting.remove();
            next.then.run();
        }
    }

    /** Runs {@code then} when the outcome of all that were handed on so far is told. */
    void behind(Runnable then) {
        if (told == given) {
            then.run();
        } else {
            waiting.add(new Behind(given, then));
        }
    }
}
