package dev.skein.connectors.support;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import java.util.concurrent.atomic.AtomicBoolean;

/** A record on its way, with who is to hear what became of it. Tells once; what is said after that is ignored. */
public final class Entry {
    /** What a record costs beside its body and texts, roughly. */
    private static final int OVERHEAD = 200;

    private final SinkRecord record;
    private final int index;
    private final Sink.Outcome outcome;
    private final Budget budget;
    private final int bytes;
    private final AtomicBoolean told = new AtomicBoolean();

    Entry(SinkRecord record, int index, Sink.Outcome outcome, Budget budget) {
        this.record = record;
        this.index = index;
        this.outcome = outcome;
        this.budget = budget;
        bytes = bytesOf(record);
    }

    /** What a record costs in memory and on the wire, roughly. */
    static int bytesOf(SinkRecord record) {
        int bytes = OVERHEAD + record.body().length;
        for (var property : record.properties().entrySet()) {
            bytes += property.getKey().length() + property.getValue().length();
        }
        return bytes;
    }

    /** The record. */
    public SinkRecord record() {
        return record;
    }

    /** What it costs, roughly. */
    public int bytes() {
        return bytes;
    }

    /** The target has stored it. */
    public void taken() {
        if (settle()) {
            outcome.taken(index);
        }
    }

    /** The target has not stored it. */
    public void failed(boolean lasting, String reason) {
        if (settle()) {
            outcome.failed(index, lasting, reason);
        }
    }

    private boolean settle() {
        boolean first = told.compareAndSet(false, true);
        if (first) {
            budget.give(bytes);
        }
        return first;
    }
}
