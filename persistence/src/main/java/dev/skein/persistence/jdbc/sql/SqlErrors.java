package dev.skein.persistence.jdbc.sql;

import java.sql.SQLException;

/** What an exception of a driver means. */
public final class SqlErrors {
    private static final String DEADLOCK = "40P01";
    private static final String SERIALIZATION = "40001";

    private SqlErrors() {}

    /** Whether the statement's own data was refused, so that asking again is in vain; else the database is at fault. */
    public static boolean refusesData(SQLException failure) {
        for (SQLException e = failure; e != null; e = e.getNextException()) {
            String state = e.getSQLState();
            if (state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"))) {
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
