package dev.skein.persistence.jdbc.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** The file of the embedded database. */
public final class H2File {
    private H2File() {}

    /** The store behind a connection; null when it has none. */
    public static @Nullable MVStore store(Connection connection) throws SQLException {
        return connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session
                ? session.getDatabase().getStore().getMvStore()
                : null;
    }

    /** What was committed is on the disk afterwards. */
    public static void force(Connection connection) throws SQLException {
        MVStore store = store(connection);
        if (store != null) {
            try {
                store.sync();
            } catch (MVStoreException e) {
                throw new SQLException("force: " + e.getMessage(), "HY000", e);
            }
        }
    }
}
