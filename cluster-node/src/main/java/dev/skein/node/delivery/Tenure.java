package dev.skein.node.delivery;

import dev.skein.persistence.api.StoreCommand.CommitListener;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time in which what a connection notes of its session may be written: while it is there and shortly after. Later
 * the session may have another connection, which waited for this one for as long as it has to, and whose packet
 * identifiers stand for other messages.
 */
public final class Tenure implements CommitListener {
    /**
     * With the time after which the database undoes a transaction that does not end, no more than an old connection may
     * take to leave.
     */
    static final Duration AFTER = Duration.ofSeconds(2);

    private final LongSupplier nanoTime;
    private volatile boolean ended;
    private volatile long endedAt;

    public Tenure(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The connection is gone. Once. */
    public void end() {
        endedAt = nanoTime.getAsLong();
        ended = true;
    }

    /** Nobody is to be told. */
    @Override
    public void committed() {}

    @Override
    public boolean isWanted() {
        return !ended || nanoTime.getAsLong() - endedAt < AFTER.toNanos();
    }
}
