package dev.skein.node.session.lock;

import java.util.ArrayList;
import java.util.List;

/**
 * The lock on one client ID: lets one connection have it at a time, and knows whether the client has a persistent
 * session.
 *
 * <p>It is told inputs with the time at which they come, and returns what has to be done, in order. While it is
 * {@linkplain State.Busy busy} inputs wait. Confined to its session.
 */
public final class SessionLock {
    private final Waiting waiting = new Waiting();
    private final Decisions decisions;
    private List<Effect> effects = List.of();

    /** A lock of which nothing is known yet. */
    public SessionLock(LockContext context, Moment now) {
        this.decisions = new Decisions(context, waiting, effect -> effects.add(effect), now);
    }

    /**
     * Begins.
     *
     * @param young whether the session came to this node lately, so that another may have a connection of the client
     */
    public List<Effect> start(boolean young) {
        effects = new ArrayList<>(2);
        decisions.start(young);
        return returned();
    }

    /** Takes an input; returns what has to be done. */
    public List<Effect> on(Input input, Moment at) {
        effects = new ArrayList<>(4);
        decisions.at(at);
        if (Waiting.isFor(state(), input)) {
            decisions.postpone(input);
        } else {
            decisions.take(input);
        }
        for (Input next = waiting.peek(); next != null && !Waiting.isFor(state(), next); next = waiting.peek()) {
            waiting.poll();
            decisions.take(next);
        }
        return returned();
    }

    private List<Effect> returned() {
        List<Effect> done = effects;
        effects = List.of();
        return done;
    }

    /** When to tell {@link Input.TimePassed}, in {@link Moment#nanos}. */
    public long wakeAt() {
        return decisions.wakeAt();
    }

    /** What it is doing. */
    public State state() {
        return decisions.state();
    }
}
