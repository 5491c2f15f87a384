package dev.skein.loadtest.load;

/**
 * Whether a run kept the rate that it was asked for.
 *
 * @param asked a second
 * @param reached a second
 * @param unsent due by the end and never begun
 * @param lateP99 how late the 99th percentile was begun, nanoseconds
 * @param lateMax how late the latest was begun, nanoseconds
 * @param kept whether that is good enough
 */
public record ScheduleKept(double asked, double reached, long unsent, long lateP99, long lateMax, boolean kept) {
    private static final double TOLERANCE = 0.01;
    private static final long LATE_NANOS = 10_000_000;
    private static final long CONNECT_LATE_NANOS = 100_000_000;

    /** Kept when at most 1 % stayed unsent, and 99 % were at most 10 ms late. */
    public static ScheduleKept ofMessages(
            double asked, double reached, long sent, long unsent, long lateP99, long lateMax) {
        boolean kept = unsent <= (sent + unsent) * TOLERANCE && lateP99 <= LATE_NANOS;
        return new ScheduleKept(asked, reached, unsent, lateP99, lateMax, kept);
    }

    /** Kept when all were begun, the last at most 100 ms or 1 % of the time late. */
    public static ScheduleKept ofConnects(double asked, int clients, int begun, long nanos) {
        double due = (clients - 1) / asked * 1e9; // the last of n is due n - 1 intervals after the first
        long late = Math.max(0, nanos - (long) due);
        double reached = late == 0 ? asked : (begun - 1) / (nanos / 1e9);
        boolean kept = begun == clients && late <= Math.max(CONNECT_LATE_NANOS, due * TOLERANCE);
        return new ScheduleKept(asked, reached, clients - begun, late, late, kept);
    }
}
