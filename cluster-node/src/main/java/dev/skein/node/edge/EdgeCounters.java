package dev.skein.node.edge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the transports count. Called on event loops, from several threads at once: implementations are thread-safe and
 * do not block. Reasons are few and fixed, so they may be labels of a metric.
 */
public interface EdgeCounters {

    /** A connection was accepted; {@link #closed} follows for it. */
    void accepted(String listener);

    /** An accepted connection has ended. */
    void closed(String listener);

    /**
     * A connection was closed before MQTT saw it.
     *
     * @param reason {@code max-connections}, {@code max-connections-per-address}, {@code connection-memory-full},
     *     {@code proxy-header}, {@code proxy-untrusted}, {@code websocket-upgrade}, {@code websocket-origin},
     *     {@code client-hello}, {@code timeout}, {@code admission-full}, {@code admission-overdue}, {@code closed} (by
     *     the client, half way) or {@code error}
     */
    void refused(String listener, String reason);

    /**
     * A TLS handshake failed.
     *
     * @param reason {@code not-tls}, {@code timeout}, {@code closed}, {@code no-client-certificate},
     *     {@code client-certificate}, {@code alert} (sent by the client) or {@code protocol}
     */
    void tlsHandshakeFailed(String listener, String reason);

    /** Accepting failed, as when file descriptors have run out, and pauses for a moment. */
    void acceptPaused(String listener);

    /** Changed certificate files were taken up, or ({@code false}) refused while the old ones stay in use. */
    void certificatesReloaded(boolean success);

    /** A certificate is in use from now on that is valid until then. */
    void certificateInUse(Instant validUntil);

    /**
     * The lists of revoked client certificates were looked at.
     *
     * @param until when the first of them should be replaced; null for no list, or none that tells
     * @param expired which of them should have been replaced by now; null for none
     */
    void revocationsInUse(@Nullable Instant until, @Nullable String expired);

    /** Counts nothing. */
    static EdgeCounters none() {
        return NoCounters.INSTANCE;
    }
}
