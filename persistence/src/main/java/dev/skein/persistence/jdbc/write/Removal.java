package dev.skein.persistence.jdbc.write;

/** How much one transaction may still remove: what it writes for a row is about the row. Confined to one thread. */
final class Removal {
    /** Bytes of messages: everybody who writes waits for them. */
    static final long BYTES = 1 << 20;

    private int rows = Write.QUEUE_PIECE;
    private long bytes = BYTES;

    /** Whether nothing more goes. */
    boolean isSpent() {
        return rows <= 0 || bytes <= 0;
    }

    /**
     * Rows that may be looked at next: one before anybody knows how large they are.
     *
     * @param before how many were looked at before, with {@code bytesBefore}
     */
    int next(int before, long bytesBefore) {
        if (before == 0) {
            return 1;
        }
        long fitting = bytes * before / Math.max(1, bytesBefore);
        return Math.clamp(Math.min(2L * before, fitting), 1, Math.max(1, rows));
    }

    /** One row goes; the first one always may. */
    void take(long size) {
        rows--;
        bytes -= size;
    }
}
