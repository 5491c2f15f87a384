package dev.skein.node.rule.flow;

/**
 * Bounds of one rule on one node.
 *
 * @param windowMessages sent and not answered at a time; 1..1000000
 * @param windowBytes the same in bytes
 * @param waitingBytes in memory behind the window, before the spool is used
 * @param patienceNanos after which a target that does not answer is taken as away
 * @param retryNanos pause after a failure; doubled with each one
 * @param retryMaxNanos the longest pause
 * @param spool bounds of the spool
 */
public record ForwardSettings(
        int windowMessages,
        long windowBytes,
        long waitingBytes,
        long patienceNanos,
        long retryNanos,
        long retryMaxNanos,
        SpoolBounds spool) {
    /**
     * Bounds of a spool.
     *
     * @param messages that it may hold
     * @param bytes that they may have
     * @param ageMillis after which a message is dropped
     * @param dropsOldest whether the oldest is dropped when it is full, or publishers wait
     * @param qos0 whether it takes messages of QoS 0
     */
    public record SpoolBounds(long messages, long bytes, long ageMillis, boolean dropsOldest, boolean qos0) {}
}
