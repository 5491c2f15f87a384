package dev.skein.persistence.jdbc.write;

import dev.skein.protocol.message.MessageId;
import java.time.InstantSource;

/** Gives sequences of {@link MessageId}s: the clock's milliseconds and a counter, always growing. Any thread. */
public final class Sequence {
    private static final int COUNTER_BITS = 16;

    private final InstantSource clock;
    private long last;

    /** Everything given is greater than {@code last}. */
    Sequence(InstantSource clock, long last) {
        this.clock = clock;
        this.last = last;
    }

    /** Takes {@code count} sequences in a row, 1 or more, and returns the first of them. */
    public synchronized long take(int count) {
        long first = Math.max(floor(clock.millis()), last + 1);
        last = first + count - 1;
        return first;
    }

    /** The last one given. */
    public synchronized long last() {
        return last;
    }

    /** Everything given from now on is greater than {@code sequence}. */
    public synchronized void passOver(long sequence) {
        last = Math.max(last, sequence);
    }

    /** The first sequence that belongs to {@code millis}. */
    public static long floor(long millis) {
        return millis << COUNTER_BITS;
    }
}
