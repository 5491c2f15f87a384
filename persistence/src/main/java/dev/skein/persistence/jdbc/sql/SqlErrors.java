package dev.skein.persistence.jdbc.sql;

import java.sql.SQLException;

/** What an exception of a driver means. */
public final class SqlErrors {
    private static final String DEADLOCK = "40P01";
    private static final String SERIALIZATION = "40001";

    private static final String LOCK_TIMEOUT = "HYT00";

    /** H2: an indexed column of a row has another value than its index: the row is damaged. */
    private static final String NOT_IN_INDEX = "90112";

    /** PostgreSQL: something before it failed. */
    private static final String IN_FAILED_TRANSACTION = "25P02";

    private SqlErrors() {}

    /**
     * Whether the statement's own data was refused, or the row that it changes is damaged, so that asking again is in
     * vain; else the database is at fault. A batch may have failed for several reasons: with another one beside it that
     * is not known yet.
     */
    public static boolean refusesData(SQLException failure) {
        boolean refused = false;
        for (SQLException e = failure; e != null; e = e.getNextException()) {
            String state = e.getSQLState();
            if (state != null && !state.equals(IN_FAILED_TRANSACTION)) {
                if (!isOfData(state)) {
                    return false;
                }
                refused = true;
            }
        }
        return refused;
    }

    private static boolean isOfData(String state) {
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54") || state.equals(NOT_IN_INDEX);
    }

    /**
     * Whether H2 has waited in vain for another transaction. It has one writer: a row that such a wait is for again and
     * again is damaged.
     */
    public static boolean waitedInVain(SQLException failure) {
        for (SQLException e = failure; e != null; e = e.getNextException()) {
            if (LOCK_TIMEOUT.equals(e.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** Whether the transaction was undone only because another node's came in its way: at once it may pass. */
    public static boolean lostToAnother(SQLException failure) {
        for (SQLException e = failure; e != null; e = e.getNextException()) {
            if (DEADLOCK.equals(e.getSQLState()) || SERIALIZATION.equals(e.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether PostgreSQL answered that this user and password are not let in: 28xxx, or 08004 of the driver when it
     * asks for a password and none is set.
     */
    public static boolean refusesLogin(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("28") || state.equals("08004"));
    }

    /** Whether PostgreSQL answered that it has no database of that name. */
    public static boolean lacksDatabase(SQLException failure) {
        return "3D000".equals(failure.getSQLState());
    }

    /** Whether the database was not there: not reached, starting or ending, or with no connection left. */
    public static boolean isAway(SQLException failure) {
        String state = failure.getSQLState();
        return state != null
                && !refusesLogin(failure)
                && (state.startsWith("08") || state.startsWith("57P") || state.equals("53300"));
    }

    /** One line for a person: the first message that says something. */
    public static String text(Throwable failure) {
        Throwable root = failure;
        while (root instanceof SQLException sql && sql.getNextException() != null) {
            root = sql.getNextException();
        }
        String message = String.valueOf(root.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
