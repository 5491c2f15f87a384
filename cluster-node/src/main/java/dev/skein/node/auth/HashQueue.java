package dev.skein.node.auth;

import dev.skein.node.admission.Lines;
import dev.skein.node.net.AddressGroup;
import java.net.InetAddress;
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
    private final Lines<Check> clean = new Lines<>();
    private final Lines<Check> suspect = new Lines<>();
    private int running;
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
    private record Source(String instance, @Nullable AddressGroup address) {}

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
        Source source = new Source(instance, address == null ? null : AddressGroup.of(address));
        Check refused = null;
        boolean start = false;
        synchronized (this) {
            boolean room = running < atOnce || waiting() - called < max;
            if (!room) {
                refused = makeRoom(source);
                room = refused != null;
            }
            if (room) {
                (failed ? suspect : clean).add(source, check);
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
                try {
                    if (check != null) {
                        check.run();
                    }
                } finally {
                    if (goesOn()) {
                        work();
                    }
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
        boolean more = waiting() > called;
        running -= more ? 0 : 1;
        called += more ? 1 : 0;
        return more;
    }

    private int waiting() {
        return clean.size() + suspect.size();
    }

    /** The newest check of who has more than {@code source}, whose place is free now; or null. */
    private @Nullable Check makeRoom(Source source) {
        int becomes = clean.size(source) + suspect.size(source) + 1;
        Check newest = suspect.removeLastOfLongest(becomes);
        return newest == null ? clean.removeLastOfLongest(becomes) : newest;
    }

    private synchronized @Nullable Check next() {
        called--;
        turn = (turn + 1) % TURNS;
        boolean ofSuspects = !suspect.isEmpty() && (turn == 0 || clean.isEmpty());
        Lines<Check> from = ofSuspects ? suspect : clean;
        return from.isEmpty() ? null : from.removeNext();
    }
}
