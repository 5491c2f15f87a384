package dev.skein.node.auth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A token bucket of failed attempts for each address. Thread-safe.
 *
 * <p>An IPv4 address has a bucket of its own, an IPv6 address shares that of its /64, which one machine holds whole.
 * The address whose last failure is the oldest is forgotten when there are too many.
 */
final class FailureLimiter {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int burst;
    private final double perNano;
    private final LongSupplier nanoClock;
    private final Map<Source, Bucket> buckets;

    FailureLimiter(AuthSettings settings, LongSupplier nanoClock) {
        this.burst = settings.failuresBurst();
        this.perNano = settings.failuresPerSecond() / NANOS_PER_SECOND;
        this.nanoClock = nanoClock;
        this.buckets = new Buckets(settings.failuresAddresses());
    }

    /** Whether this address has failed too often of late. */
    synchronized boolean exhausted(InetAddress address) {
        Source source = Source.of(address);
        Bucket bucket = buckets.get(source);
        if (bucket == null) {
            return false;
        }
        double left = bucket.left(nanoClock.getAsLong());
        if (left >= burst) {
            buckets.remove(source); // forgiven
        }
        return left < 1;
    }

    /** Counts one failure. */
    synchronized void failed(InetAddress address) {
        long now = nanoClock.getAsLong();
        Source source = Source.of(address);
        Bucket bucket = buckets.remove(source); // put again below, as the newest
        double left = bucket == null ? burst : bucket.left(now);
        buckets.put(source, new Bucket(Math.max(0, left - 1), now));
    }

    /** How many addresses are remembered. */
    synchronized int size() {
        return buckets.size();
    }

    private final class Bucket {
        private final double tokens;
        private final long since;

        Bucket(double tokens, long since) {
            this.tokens = tokens;
            this.since = since;
        }

        double left(long now) {
            return Math.min(burst, tokens + (now - since) * perNano);
        }
    }

    private record Source(long bits, boolean v6) {
        static Source of(InetAddress address) {
            ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
            return address instanceof Inet6Address
                    ? new Source(bytes.getLong(), true)
                    : new Source(bytes.getInt(), false);
        }
    }

    private static final class Buckets extends LinkedHashMap<Source, Bucket> {
        private final int max;

        Buckets(int max) {
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Bucket> eldest) {
            return size() > max;
        }
    }
}
