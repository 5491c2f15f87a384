package dev.skein.loadtest.load;

/**
 * What a process used during the measured time.
 *
 * @param cpuNanos user and system time of all its threads
 * @param seconds the time over which that was used
 * @param residentBytes at the end
 * @param peakBytes the most that was seen, once a second from before the first connection to the end
 */
public record ProcessUse(long cpuNanos, double seconds, long residentBytes, long peakBytes) {
    /** CPU time for each of {@code events}, microseconds; 0 when there were none. */
    public double cpuMicrosPer(long events) {
        return events == 0 ? 0 : cpuNanos / 1e3 / events;
    }

    /** CPU time against wall time; 1 is one busy core. */
    public double cores() {
        return seconds == 0 ? 0 : cpuNanos / 1e9 / seconds;
    }
}
