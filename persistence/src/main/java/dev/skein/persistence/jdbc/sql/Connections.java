package dev.skein.persistence.jdbc.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Where connections come from: one for the writing thread, outside the pool, and a pool for the readers. */
public final class Connections implements AutoCloseable {
    private static final long CONNECT_TIMEOUT_MILLIS = 5_000;

    private final String url;
    private final Properties properties;
    private final HikariDataSource readers;

    private Connections(String url, Properties properties, HikariDataSource readers) {
        this.url = url;
        this.properties = properties;
        this.readers = readers;
    }

    /** Connects nothing yet. */
    public static Connections to(String url, String user, String password, int readers, Dialect dialect) {
        Properties properties = dialect.driverProperties();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setDataSourceProperties((Properties) properties.clone());
        config.setAutoCommit(false);
        // Named, though it is the default of both databases: the pool asks its first connection for it, and when that
        // one
        // is cut in this moment no later one can be made.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMaximumPoolSize(readers);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(dialect.readerInit());
        config.setPoolName("skein-store");
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return new Connections(url, properties, new HikariDataSource(config));
    }

    /** A connection of its own, in auto-commit mode; the caller closes it. */
    public Connection open() throws SQLException {
        return DriverManager.getConnection(url, properties);
    }

    /** A pooled connection, not in auto-commit mode; closing gives it back and ends its transaction. */
    public Connection reader() throws SQLException {
        return readers.getConnection();
    }

    /** Drops every pooled connection: an embedded database that closed itself opens again when none is left. */
    public void reset() {
        readers.getHikariPoolMXBean().softEvictConnections();
    }

    @Override
    public void close() {
        readers.close();
    }
}
