package dev.skein.node.admission;

import java.util.concurrent.TimeUnit;

/** What one party has done of late, against its {@link Rate}. Thread-safe. */
public final class Meter {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** Of new parent topics many come at once, when a program starts; then none for long. */
    private static final long TOPICS_BURST = 10 * SECOND;

    private final Bucket connects;
    private final Bucket messages;
    private final Bucket bytes;
    private final Bucket topics;

    /** One that has done nothing. */
    public Meter(long now) {
        connects = new Bucket(now, SECOND);
        messages = new Bucket(now, SECOND);
        bytes = new Bucket(now, SECOND);
        topics = new Bucket(now, TOPICS_BURST);
    }

    /** Whether one more connection is within {@code rate}; then it counts. */
    public boolean connect(Rate rate, long now) {
        return rate.connects() == 0 || connects.tryTake(SECOND / rate.connects(), SECOND, now);
    }

    /** One more message of {@code size} bytes counts; returns how long it has to wait, in nanoseconds. */
    public long publish(Rate rate, int size, long now) {
        long wait = rate.messages() == 0 ? 0 : messages.take(SECOND / rate.messages(), SECOND, now);
        return rate.bytes() == 0
                ? wait
                : Math.max(wait, bytes.take((long) ((double) SECOND * size / rate.bytes()), SECOND, now));
    }

    /** One more new parent topic counts; returns how long it has to wait, in nanoseconds. */
    public long topic(Rate rate, long now) {
        return rate.topics() == 0 ? 0 : topics.take(SECOND / rate.topics(), TOPICS_BURST, now);
    }
}
