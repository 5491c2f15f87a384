package dev.skein.persistence.jdbc.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreRefusedException;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.Eventually;
import dev.skein.persistence.jdbc.JdbcStores;
import dev.skein.persistence.jdbc.sql.Connections;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.journal.Move;
import dev.skein.persistence.schema.Database;
import dev.skein.persistence.schema.Migrations;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A piece of the journal for tables that do not contain what was moved before it. */
class LostCommitsTest {
    private static final long WRITER = 1L << 32;

    @TempDir
    private Path directory;

    /** The journal passes over a record that the tables refuse: a lost commit is not the record's fault. */
    @Test
    void noRecordIsRefusedForCommitsThatTheTablesLost() throws SQLException {
        String url = JdbcStores.h2Url(directory);
        Dialect dialect = Dialect.of(Database.of(url));
        try (Connections connections = Connections.to(url, "skein", "", 1, dialect);
                Connection connection = connections.open();
                Statement statement = connection.createStatement()) {
            Migrations.apply(connection, dialect.database());
            statement.executeUpdate("INSERT INTO skein_writer (writer, owner, batch, last_sequence)"
                    + " VALUES (1, '00000000-0000-0001-0000-000000000000', 5, 0)");
            WriterConnection writer = new WriterConnection(
                    connections::open, dialect, new PlanRunner(dialect, new BodyCounts(), _ -> {}), WRITER, false);
            Committer committer = new Committer(
                    writer,
                    connections,
                    new Sequence(InstantSource.system(), writer.claim()),
                    new BodyCounts(),
                    100,
                    WRITER);
            committer.start(_ -> {});
            CompletableFuture<Void> moved = new CompletableFuture<>();
            committer.submit(new Write.Move(new Move(), moved));
            Eventually.holds(moved::isDone);
            committer.close(Duration.ofSeconds(1));
            writer.close();

            assertThat(moved.exceptionNow())
                    .isInstanceOf(StoreUnavailableException.class)
                    .isNotInstanceOf(StoreRefusedException.class)
                    .hasMessageContaining("restart");
        }
    }
}
