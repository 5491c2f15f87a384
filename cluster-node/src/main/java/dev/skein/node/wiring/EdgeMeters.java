package dev.skein.node.wiring;

import dev.skein.node.edge.EdgeCounters;
import dev.skein.node.observe.NodeMetrics;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Brings what the transports count into the node's metrics. */
record EdgeMeters(NodeMetrics metrics, Serving serving) implements EdgeCounters {
    @Override
    public void accepted(String listener) {
        metrics.connections(listener).accepted();
    }

    @Override
    public void closed(String listener) {
        metrics.connections(listener).closed();
    }

    @Override
    public void refused(String listener, String reason) {
        metrics.connections(listener).refused(reason);
    }

    @Override
    public void tlsHandshakeFailed(String listener, String reason) {
        metrics.connections(listener).refused("tls-" + reason);
    }

    @Override
    public void acceptPaused(String listener) {
        metrics.connections(listener).acceptPaused();
    }

    @Override
    public void certificatesReloaded(boolean success) {
        metrics.certificate(NodeMetrics.LISTENERS).reloaded(success);
    }

    @Override
    public void certificateInUse(Instant validUntil) {
        metrics.certificate(NodeMetrics.LISTENERS).inUse(validUntil);
    }

    @Override
    public void revocationsInUse(@Nullable Instant until, @Nullable String expired) {
        metrics.certificate(NodeMetrics.LISTENERS).listsInUse(until);
        serving.revocationsExpired(expired);
    }
}
