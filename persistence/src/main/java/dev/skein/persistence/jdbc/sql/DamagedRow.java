package dev.skein.persistence.jdbc.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A row that does not say what was written, or cannot be read.
 *
 * @param key of the row, as its table has it; of a retained message the first half of its hash
 * @param writer the other part of the key of a row of a queue or of a retained message; 0 elsewhere
 * @param what names it: session, message, topic
 */
public record DamagedRow(Table table, long key, long writer, String what) {
    /** The session of rows of queues that were set aside. No session has it. */
    public static final long NOBODY = 0;

    /** Where it is. */
    public enum Table {
        /** A message of a queue, in its row or as one of several receivers. */
        QUEUE("skein_queue", "session_id = " + NOBODY),
        /** A retained message. */
        RETAINED("skein_retained"),
        /** A session with its subscriptions. */
        SESSION("skein_session"),
        /** A will. */
        WILL("skein_will");

        private final String tableName;
        private final String aside;

        Table(String tableName) {
            this(tableName, "set_aside_at IS NOT NULL");
        }

        Table(String tableName, String aside) {
            this.tableName = tableName;
            this.aside = aside;
        }

        /** The condition of its rows that were set aside. */
        public String aside() {
            return aside;
        }

        /** As the database has it. */
        public String tableName() {
            return tableName;
        }
    }

    /** Who wants to know. Any thread. */
    @FunctionalInterface
    public interface Listener {
        /** Called each time that somebody meets it. */
        void found(DamagedRow row);
    }

    /** Reads a row. */
    @FunctionalInterface
    public interface Reader<T> {
        /**
         * What it says.
         *
         * @return null when its checksum is another
         * @throws IllegalArgumentException when it says nothing that can be
         */
        @Nullable
        T read() throws SQLException;
    }

    /** What a row says; null when it is damaged, which {@code listener} is told. */
    public static <T> @Nullable T unlessDamaged(
            Reader<T> reader, Function<String, DamagedRow> damaged, Listener listener) throws SQLException {
        String why = "";
        try {
            T row = reader.read();
            if (row != null) {
                return row;
            }
        } catch (IllegalArgumentException e) {
            why = " (" + e.getMessage() + ")";
        } catch (SQLException e) { // a value of another kind than its column
            if (!SqlErrors.refusesData(e)) {
                throw e;
            }
            why = " (" + SqlErrors.text(e) + ")";
        }
        listener.found(damaged.apply(why));
        return null;
    }

    /** A text to name a row by, which may be damaged itself. */
    public static String name(ResultSet result, int at) {
        try {
            return String.valueOf(result.getString(at));
        } catch (SQLException e) {
            return "?";
        }
    }

    @Override
    public String toString() {
        return "table " + table.tableName() + ": " + what + " is damaged";
    }
}
