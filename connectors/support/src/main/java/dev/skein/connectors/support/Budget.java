package dev.skein.connectors.support;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of records may wait for a target at a time. Thread-safe. */
public final class Budget {
    private final long most;
    private final AtomicLong waiting = new AtomicLong();

    /** @param most bytes; one record is let in whatever its size */
    public Budget(long most) {
        this.most = most;
    }

    /** Lets a record in; empty when too many wait, and then its failure is told. */
    public Optional<Entry> admit(SinkRecord record, int index, Sink.Outcome outcome) {
        int bytes = Entry.bytesOf(record);
        if (waiting.addAndGet(bytes) > most && waiting.get() > bytes) {
            waiting.addAndGet(-bytes);
            outcome.failed(index, false, "more than " + most + " bytes wait for the target");
            return Optional.empty();
        }
        return Optional.of(new Entry(record, index, outcome, this));
    }

    void give(int bytes) {
        waiting.addAndGet(-bytes);
    }
}
