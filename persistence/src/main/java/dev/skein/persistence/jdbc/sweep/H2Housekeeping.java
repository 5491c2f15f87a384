package dev.skein.persistence.jdbc.sweep;

import dev.skein.persistence.jdbc.sql.H2File;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * What H2 leaves undone when each commit is written at once ({@code WRITE_DELAY=0}): then it has no background thread,
 * so it neither gives space of removed rows back while the database is open, nor has the operating system write it to
 * the disk.
 */
final class H2Housekeeping {
    /** Parts of the file that hold less live data than this are rewritten, in percent. */
    private static final int FILL_RATE = 50;

    /** Live data rewritten at a time. Commits wait meanwhile. */
    private static final int MAX_BYTES = 4 << 20;

    private H2Housekeeping() {}

    /** Takes one step: compacts a little, then flushes the file to the disk (which no commit waits for). */
    static void step(Connection connection) throws SQLException {
        MVStore store = H2File.store(connection);
        if (store != null) {
            try {
                store.compact(FILL_RATE, MAX_BYTES);
                store.sync();
            } catch (MVStoreException e) {
                throw new SQLException("housekeeping: " + e.getMessage(), "HY000", e);
            }
        }
    }
}
