package dev.skein.node.rule.flow;

import java.util.concurrent.atomic.LongAdder;

/** What became of the messages of one rule on one node. Written by its thread, read by any. */
public final class ForwardFigures {
    final LongAdder offered = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder spooled = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder deadLettered = new LongAdder();
    final LongAdder droppedFull = new LongAdder();
    final LongAdder droppedAge = new LongAdder();
    final LongAdder retries = new LongAdder();
    volatile long backlog;
    volatile long backlogBytes;
    volatile boolean direct;
    volatile String problem = "";

    /** Nothing yet. */
    public ForwardFigures() {}

    /** Given to the rule. */
    public long offered() {
        return offered.sum();
    }

    /** Taken by the target. */
    public long sent() {
        return sent.sum();
    }

    /** Written to the spool. */
    public long spooled() {
        return spooled.sum();
    }

    /** Refused by the target for good. */
    public long refused() {
        return refused.sum();
    }

    /** Of these, taken by the topic for dead letters. */
    public long deadLettered() {
        return deadLettered.sum();
    }

    /** Dropped because the spool was full, or is none for QoS 0. */
    public long droppedFull() {
        return droppedFull.sum();
    }

    /** Counts {@code messages} that were dropped before they came to the rule: it has too many before it. */
    public void dropped(long messages) {
        offered.add(messages);
        droppedFull.add(messages);
    }

    /** Dropped because they waited too long. */
    public long droppedAge() {
        return droppedAge.sum();
    }

    /** Times that the target was tried again. */
    public long retries() {
        return retries.sum();
    }

    /** In the spool, about. */
    public long backlog() {
        return backlog;
    }

    /** Their bytes, about. */
    public long backlogBytes() {
        return backlogBytes;
    }

    /** Whether everything goes straight to the target: the spool is empty. */
    public boolean isDirect() {
        return direct;
    }

    /** Why the target does not take anything at present; empty when it does. */
    public String problem() {
        return problem;
    }
}
