package dev.skein.node.rule.source;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What became of the messages of one inbound rule on one node. Thread-safe. */
public final class InboundFigures {
    final LongAdder received = new LongAdder();
    final LongAdder published = new LongAdder();
    final LongAdder later = new LongAdder();
    final LongAdder deadLettered = new LongAdder();
    private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);
    volatile String problem = "";
    volatile boolean paused;

    /** Why a message can never be published. */
    public enum Refusal {
        /** The topic is no valid one, too long, or its parent is not registered. */
        TOPIC,
        /** The body is over the limit of the instance. */
        BODY,
        /** A property is not what it should be. */
        PROPERTY
    }

    /** Nothing yet. */
    public InboundFigures() {
        for (Refusal why : Refusal.values()) {
            refused.put(why, new LongAdder());
        }
    }

    private LongAdder of(Refusal why) {
        return Objects.requireNonNull(refused.get(why));
    }

    void refused(Refusal why) {
        of(why).increment();
    }

    /** Given by the source. */
    public long received() {
        return received.sum();
    }

    /** Published and settled. */
    public long published() {
        return published.sum();
    }

    /** Given back to come again. */
    public long later() {
        return later.sum();
    }

    /** Taken by the topic for dead letters. */
    public long deadLettered() {
        return deadLettered.sum();
    }

    /** Never published for that reason. */
    public long refusedFor(Refusal why) {
        return of(why).sum();
    }

    /** Never published. */
    public long refused() {
        return refused.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Why nothing comes at present; empty when it works. */
    public String problem() {
        return problem;
    }

    /** Whether nothing is taken because publishers are held back. */
    public boolean isPaused() {
        return paused;
    }
}
