package dev.skein.node.observe;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A certificate that is read from files, and read again when they change. Any thread. */
public final class CertificateMetrics {
    private final String use;
    private final Meters meters;
    private final LongAdder reloads;
    private final LongAdder failedReloads;
    private final AtomicLong reloadFailed = new AtomicLong();
    private final AtomicLong expires = new AtomicLong();
    private final AtomicLong listsExpire = new AtomicLong();

    CertificateMetrics(String use, Meters meters) {
        this.use = use;
        this.meters = meters;
        this.reloads = meters.counter(MetricName.TLS_RELOADS, use, "ok");
        this.failedReloads = meters.counter(MetricName.TLS_RELOADS, use, "failed");
        meters.gauge(MetricName.TLS_RELOAD_FAILED, reloadFailed::get, use);
    }

    /** The files were read anew; {@code success}: they are in use, else those of before. */
    public void reloaded(boolean success) {
        (success ? reloads : failedReloads).increment();
        reloadFailed.set(success ? 0 : 1);
    }

    /** Lists of revoked certificates are in use; {@code until}: the first should be replaced, null: none tells. */
    public void listsInUse(@Nullable Instant until) {
        long before = listsExpire.getAndSet(until == null ? 0 : until.getEpochSecond());
        if (until == null && before != 0) {
            meters.remove(MetricName.TLS_CRL_EXPIRES, use);
        } else if (until != null && before == 0) {
            meters.gauge(MetricName.TLS_CRL_EXPIRES, listsExpire::get, use);
        }
    }

    /** A certificate is in use from now on that is valid until then. */
    public void inUse(Instant validUntil) {
        if (expires.getAndSet(validUntil.getEpochSecond()) == 0) {
            meters.gauge(MetricName.TLS_CERTIFICATE_EXPIRES, expires::get, use);
        }
    }
}
