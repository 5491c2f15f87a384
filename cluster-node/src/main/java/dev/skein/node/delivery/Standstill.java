package dev.skein.node.delivery;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Notices that an event loop was stalled: a stopped process, a frozen machine, a long collection. The others may have
 * downed this node meanwhile, and acknowledged subscriptions that its tables do not have; it hears of that only after
 * it has read what stands in its sockets. So nothing is published until the others have said that this node is a member
 * (see {@link dev.skein.node.cluster.StillMember}); if they do not, the connections end with the node's membership.
 *
 * <p>The time of day counts, as of message identities: it goes on while a machine is suspended. A step of it, either
 * way, is taken for a standstill and costs one question. Confined to the event loop.
 */
final class Standstill {
    /**
     * Longer than a busy machine keeps a loop from its sweep, and well below the time in which the others can put a
     * silent node down: {@code acceptable-heartbeat-pause} of 2 s and {@code stable-after} of 2 s, 4 s at the least.
     */
    static final long LIMIT_MILLIS = 2000;

    /** Further from any time than the limit. */
    private static final long NEVER = Long.MIN_VALUE / 2;

    private final InstantSource clock;
    private final BooleanSupplier alone;
    private final Confirmation confirmation;
    private List<Runnable> held = new ArrayList<>();
    private long read;
    private long looked;
    /** When it was last looked, or {@link #NEVER} while a confirmation is awaited. */
    private long sure;

    private boolean waiting;
    private int asked;

    /** Asks the other nodes whether this one is a member. */
    interface Confirmation {
        /**
         * Asks now.
         *
         * @param millis for how long the loop was stalled
         * @param confirmed to run on the loop once all have said yes to this question or a later one
         */
        void ask(long millis, Runnable confirmed);
    }

    /** @param alone whether there is no other node, and nobody to be downed by */
    Standstill(InstantSource clock, BooleanSupplier alone, Confirmation confirmation) {
        this.clock = clock;
        this.alone = alone;
        this.confirmation = confirmation;
    }

    /** The loop runs from now on. */
    void begin() {
        looked = clock.millis();
        sure = looked;
    }

    /**
     * Whether what is to be published now has to wait, see {@link #await}. Reads the clock: the loop reads its sockets
     * before its timers run.
     */
    boolean mustWait() {
        long now = clock.millis();
        read = now;
        if (Math.abs(now - sure) <= LIMIT_MILLIS) {
            return false;
        }
        look(now);
        return waiting;
    }

    /** When {@link #mustWait} was last asked, in milliseconds: the time of what is being published. */
    long lastAsked() {
        return read;
    }

    /** Runs {@code goOn} once the node is confirmed; never when it was downed. */
    void await(Runnable goOn) {
        held.add(goOn);
    }

    /** Comes often, whether or not anything is published. */
    void sweep() {
        look(clock.millis());
    }

    private void look(long now) {
        long stood = Math.abs(now - looked);
        looked = now;
        if (stood > LIMIT_MILLIS && !alone.getAsBoolean()) {
            waiting = true;
            sure = NEVER;
            int question = ++asked;
            confirmation.ask(stood, () -> confirmed(question));
        }
        if (!waiting) {
            sure = now;
        }
    }

    /** An answer counts until the next standstill. */
    private void confirmed(int question) {
        if (question == asked) {
            waiting = false;
            sure = looked; // and not now: the loop may have been stalled again since
            List<Runnable> all = held;
            held = new ArrayList<>();
            all.forEach(Runnable::run);
        }
    }
}
