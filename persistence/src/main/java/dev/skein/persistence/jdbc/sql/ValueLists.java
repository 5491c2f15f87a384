package dev.skein.persistence.jdbc.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Lists of values in a statement. Their lengths are rounded up, so that few different statements are parsed and kept.
 */
public final class ValueLists {
    /** Values in one statement at the most. */
    public static final int LONGEST = 256;

    private static final int[] LENGTHS = {1, 8, 64, LONGEST};

    private ValueLists() {}

    /** Places in the statement for so many values; the last value fills those that are left. */
    public static int length(int values) {
        for (int candidate : LENGTHS) {
            if (candidate >= values) {
                return candidate;
            }
        }
        return LONGEST;
    }

    /** Prepares {@code sql}, which ends with {@code IN (}, and binds the list behind it. */
    static PreparedStatement in(Connection connection, String sql, List<?> values) throws SQLException {
        int length = length(values.size());
        PreparedStatement statement = connection.prepareStatement(sql + Dialect.marks(length) + ")");
        for (int i = 0; i < length; i++) {
            statement.setObject(i + 1, values.get(Math.min(i, values.size() - 1)));
        }
        return statement;
    }
}
