package dev.skein.node.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Writes a bounded number of lines a second, so that hostile clients cannot fill the disk. Thread-safe. */
public final class LimitedLog {

    private static final int MAX_DETAIL = 200;
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

    private final Logger log;
    private final int linesPerSecond;
    private final LongSupplier nanoTime;
    private final AtomicLong windowStart;
    private final AtomicInteger lines = new AtomicInteger();

    /**
     * @param linesPerSecond lines of one second at the most; how many more there were is told
     * @param nanoTime such as {@code System::nanoTime}
     */
    public LimitedLog(Logger log, int linesPerSecond, LongSupplier nanoTime) {
        this.log = log;
        this.linesPerSecond = linesPerSecond;
        this.nanoTime = nanoTime;
        this.windowStart = new AtomicLong(nanoTime.getAsLong());
    }

    /** One line: {@code listener remote: what (detail)}. */
    public void info(String listener, Object remote, String what, String detail) {
        if (log.isInfoEnabled() && permit()) {
            log.info("{} {}: {} ({})", listener, remote, what, clean(detail));
        }
    }

    private boolean permit() {
        long now = nanoTime.getAsLong();
        long start = windowStart.get();
        if (now - start >= WINDOW && windowStart.compareAndSet(start, now)) {
            int suppressed = lines.getAndSet(0) - linesPerSecond;
            if (suppressed > 0) {
                log.info("{} more lines of this kind were left out", suppressed);
            }
        }
        return lines.incrementAndGet() <= linesPerSecond;
    }

    /** What a client sent may stand in an exception's message: no line breaks, not endless. */
    private static String clean(String text) {
        String shortened = text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) : text;
        return shortened.replaceAll("\\p{Cntrl}", "?");
    }
}
