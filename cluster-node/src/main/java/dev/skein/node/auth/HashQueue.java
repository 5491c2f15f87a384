package dev.skein.node.auth;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Passwords that wait to be checked. Whoever has many at once waits behind himself: the addresses of an instance take
 * turns, those without a failure of late before those with one, which get every fourth turn. When it is full, the
 * newest of who has the most is refused. Thread-safe.
 */
final class HashQueue {
    /** Of so many turns one is for an address with failures, while others wait as well. */
    private static final int TURNS = 4;

    private final Executor threads;
    private final int atOnce;
    private final int max;
    private final Lane clean = new Lane();
    private final Lane suspect = new Lane();
    private int running;
    private int waiting;
    /** Of those that wait so many have a thread already, which is about to take them. */
    private int called;

    private int turn;

    /** A password to be checked. */
    interface Check {
        /** On a thread of the executor. */
        void run();

        /** It is not made: too many wait. On any thread. */
        void refused();
    }

    /** Who waits behind himself. */
    private record Source(String instance, FailureLimiter.@Nullable Key address) {}

    /** Sources in the order of their turns. */
    private static final class Lane {
        private final LinkedHashMap<Source, ArrayDeque<Check>> sources = new LinkedHashMap<>();

        void add(Source source, Check check) {
            sources.computeIfAbsent(source, _ -> new ArrayDeque<>(2)).add(check);
        }

        @Nullable
        Check next() {
            Map.Entry<Source, ArrayDeque<Check>> first = sources.pollFirstEntry();
            if (first == null) {
                return null;
            }
            Check check = first.getValue().poll();
            if (!first.getValue().isEmpty()) {
                sources.putLast(first.getKey(), first.getValue());
            }
            return check;
        }

        int of(Source source) {
            ArrayDeque<Check> queue = sources.get(source);
            return queue == null ? 0 : queue.size();
        }

        Map.@Nullable Entry<Source, ArrayDeque<Check>> longest() {
            return sources.entrySet().stream()
                    .max(Comparator.comparingInt(each -> each.getValue().size()))
                    .orElse(null);
        }

        Check dropNewest(Map.Entry<Source, ArrayDeque<Check>> of) {
            Check newest = of.getValue().removeLast();
            if (of.getValue().isEmpty()) {
                sources.remove(of.getKey());
            }
            return newest;
        }
    }

    /**
     * @param threads runs checks
     * @param atOnce how many of them at once
     * @param max that wait
     */
    HashQueue(Executor threads, int atOnce, int max) {
        this.threads = threads;
        this.atOnce = atOnce;
        this.max = max;
    }

    /**
     * Puts a check in line.
     *
     * @param address null when it is not known
     * @param failed whether that address has failed of late
     */
    void add(String instance, @Nullable InetAddress address, boolean failed, Check check) {
        Source source = new Source(instance, address == null ? null : FailureLimiter.Key.of(address));
        Check refused = null;
        boolean start = false;
        synchronized (this) {
            boolean room = running < atOnce || waiting - called < max;
            if (!room) {
                refused = makeRoom(source);
                room = refused != null;
            }
            if (room) {
                (failed ? suspect : clean).add(source, check);
                waiting++;
                start = running < atOnce;
                running += start ? 1 : 0;
                called += start ? 1 : 0;
            } else {
                refused = check;
            }
        }
        if (refused != null) {
            refused.refused();
        }
        if (start) {
            work();
        }
    }

    /** One more check, on a thread of the executor. */
    private void work() {
        try {
            threads.execute(() -> {
                Check check = next();
                if (check != null) {
                    check.run();
                }
                if (goesOn()) {
                    work();
                }
            });
        } catch (RejectedExecutionException e) { // the node ends
            for (Check check = next(); check != null; check = next()) {
                check.refused();
            }
            goesOn();
        }
    }

    /** Whether there is more to do for one who is done. */
    private synchronized boolean goesOn() {
        boolean more = waiting > called;
        running -= more ? 0 : 1;
        called += more ? 1 : 0;
        return more;
    }

    /** The newest check of who has more than {@code source}, whose place is free now; or null. */
    private @Nullable Check makeRoom(Source source) {
        int own = clean.of(source) + suspect.of(source);
        for (Lane lane : new Lane[] {suspect, clean}) {
            Map.Entry<Source, ArrayDeque<Check>> longest = lane.longest();
            if (longest != null && longest.getValue().size() > own + 1) {
                waiting--;
                return lane.dropNewest(longest);
            }
        }
        return null;
    }

    private synchronized @Nullable Check next() {
        called--;
        turn = (turn + 1) % TURNS;
        Lane first = turn == 0 ? suspect : clean;
        Check check = first.next();
        if (check == null) {
            check = (first == clean ? suspect : clean).next();
        }
        waiting -= check == null ? 0 : 1;
        return check;
    }
}
