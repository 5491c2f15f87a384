package dev.skein.persistence.jdbc.sweep;

import dev.skein.persistence.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time by which rows of all nodes are too old. A node whose clock is ahead would remove what the others just wrote:
 * of its clock and that of a database that it shares, the one counts that is behind. Any thread.
 */
public final class AgeClock {
    private static final Logger LOG = LoggerFactory.getLogger(AgeClock.class);
    private static final long TOLERATED_MILLIS = Duration.ofMinutes(1).toMillis();

    private final Dialect dialect;
    private final InstantSource clock;
    private volatile boolean warned;

    public AgeClock(Dialect dialect, InstantSource clock) {
        this.dialect = dialect;
        this.clock = clock;
    }

    /** Milliseconds since 1970. */
    public long millis(Connection connection) throws SQLException {
        if (!dialect.isPostgres()) {
            return clock.millis(); // the embedded database has no other clock
        }
        long database;
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")) {
            result.next();
            database = result.getLong(1);
        }
        long own = clock.millis();
        compare(own - database);
        return Math.min(own, database);
    }

    private void compare(long ahead) {
        boolean apart = Math.abs(ahead) > TOLERATED_MILLIS;
        if (apart && !warned) {
            LOG.warn("This node's clock is {} ms ahead of the database's (expected: less than a minute apart)", ahead);
        }
        warned = apart;
    }
}
