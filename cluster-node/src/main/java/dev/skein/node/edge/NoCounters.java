package dev.skein.node.edge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Counts nothing; a subclass counts what it wants to. */
class NoCounters implements EdgeCounters {

    static final NoCounters INSTANCE = new NoCounters();

    @Override
    public void accepted(String listener) {}

    @Override
    public void closed(String listener) {}

    @Override
    public void refused(String listener, String reason) {}

    @Override
    public void tlsHandshakeFailed(String listener, String reason) {}

    @Override
    public void acceptPaused(String listener) {}

    @Override
    public void certificatesReloaded(boolean success) {}

    @Override
    public void certificateInUse(Instant validUntil) {}

    @Override
    public void revocationsInUse(@Nullable Instant until, @Nullable String expired) {}
}
