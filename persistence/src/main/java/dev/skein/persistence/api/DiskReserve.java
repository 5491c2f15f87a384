package dev.skein.persistence.api;

import org.jspecify.annotations.Nullable;

/**
 * How much room the file system of an embedded database has left. Below a mark no new messages are to come, so that
 * what removes messages, and a start, have the room that they need: they write, too. Figures may be read by any thread.
 */
public interface DiskReserve {
    /**
     * Looks how much is left. Blocks; one thread at a time.
     *
     * @return what is wrong, in words; null while there is room
     * @throws StoreUnavailableException when the file system does not tell
     */
    @Nullable
    String look();

    /** Bytes that are left. */
    long free();

    /** The mark, in bytes. */
    long mark();

    /** Whether fewer are left. */
    boolean isLow();
}
