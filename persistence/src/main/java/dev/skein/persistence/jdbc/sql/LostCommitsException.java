package dev.skein.persistence.jdbc.sql;

import java.sql.SQLException;

/**
 * The tables do not contain what the journal committed to them before, as when an embedded database opened again by
 * itself after a failed write. They take nothing more: going on would lose that, and the files that still hold it. No
 * record is at fault, so that none may be passed over.
 */
public final class LostCommitsException extends SQLException {
    private static final long serialVersionUID = 1L;

    /** Of the class of errors that refuse one piece; the writes beside it are committed. */
    private static final String REFUSED = "23000";

    /** With the last records that the tables contain, and that they contained before. */
    LostCommitsException(long highWater, long expected) {
        super(
                "journal: the database has its records up to " + highWater + " (expected: " + expected
                        + ", as it committed before; a restart reads them from the journal again)",
                REFUSED);
    }
}
