package dev.skein.node.delivery;

import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log line for each connection refused or closed for a reason, at most {@link #PER_SECOND} a second; what was left
 * out is counted in the next line. Thread-safe.
 */
public final class ConnectionLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.skein.connections");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}", Pattern.UNICODE_CHARACTER_CLASS);
    private static final int LONGEST = 500;
    private static final int PER_SECOND = 100;
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong lines = new AtomicLong();

    /** Writes {@code what} with its {@code reason}; false when there were too many lines in this second. */
    public boolean line(String what, String reason) {
        long now = System.nanoTime() / SECOND;
        long before = second.get();
        if (now != before && second.compareAndSet(before, now)) {
            long suppressed = lines.getAndSet(0) - PER_SECOND;
            if (suppressed > 0) {
                LOG.info("{} more connections were refused or closed in the second before", suppressed);
            }
        }
        boolean room = lines.incrementAndGet() <= PER_SECOND;
        if (room) {
            LOG.info("{}: {}", printable(what), printable(reason));
        }
        return room;
    }

    /**
     * The beginning of {@code whole}, {@code ?} for each control character: a client must not write lines of its own.
     */
    public static String printable(String whole) {
        String text = whole.length() > LONGEST ? whole.substring(0, LONGEST) + "..." : whole;
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return CONTROL.matcher(text).replaceAll("?");
            }
        }
        return text;
    }
}
