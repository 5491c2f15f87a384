package dev.skein.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Heap of each route: what is used after a collection with a filled table, less what was used without it. All routes
 * name one subscriber, so that it is the routes alone and not the connections.
 */
final class RouteMemory {
    private static final int[] FILTERS = {1_000, 10_000, 100_000, 1_000_000};
    private static final int COLLECTIONS = 5;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private RouteMemory() {}

    /** Prints one line for each size. */
    public static void main(String... arguments) {
        long unused = used(); // classes are loaded before the first figure
        print("%10s %12s%n", "filters", "bytes/route");
        for (int filters : FILTERS) {
            long before = used();
            FilledTable filled = new FilledTable(filters, true);
            long bytes = used() - before;
            print("%10d %12.1f%n", filled.table.localSize(), bytes / (double) filters);
        }
        if (unused < 0) {
            throw new IllegalStateException("heap: " + unused + " (expected: >= 0)");
        }
    }

    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
            LockSupport.parkNanos(PAUSE_NANOS);
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency of its own
    private static void print(String pattern, Object... values) {
        System.out.print(String.format(Locale.ROOT, pattern, values)); // house: RegexpSinglelineJava: a command line
    }
}
