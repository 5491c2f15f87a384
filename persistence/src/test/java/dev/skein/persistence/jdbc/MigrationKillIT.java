package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.schema.Migrations;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A start that is killed while it makes or changes the schema leaves a directory with which the next one goes on. */
class MigrationKillIT {
    private static final int OLD = 7;

    @TempDir
    private Path directory;

    static IntStream versions() {
        return IntStream.rangeClosed(1, Migrations.newest());
    }

    static IntStream newVersions() {
        return IntStream.rangeClosed(OLD + 1, Migrations.newest());
    }

    /** Kills a start when it tells that the schema is at {@code version}, while it goes on to the next. */
    private void killAt(int version) throws IOException, InterruptedException {
        Process start = KilledWriter.process(directory, StoreDurability.DISK, 1, 128)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader log = start.inputReader(StandardCharsets.UTF_8)) {
            String line;
            do {
                line = log.readLine();
                assertThat(line).as("version " + version).isNotNull();
            } while (!line.endsWith("schema is at version " + version));
        } finally {
            start.destroyForcibly(); // SIGKILL
            assertThat(start.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static int version(OldSchema schema) throws SQLException {
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT MAX(version) FROM schema_version")) {
            assertThat(result.next()).isTrue();
            return result.getInt(1);
        }
    }

    private JdbcStores open() {
        return JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                3,
                TestStores.settings(),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    @ParameterizedTest
    @MethodSource("versions")
    void ofANewDirectory(int version) throws IOException, InterruptedException {
        killAt(version);
        if (version < Migrations.newest()) {
            assertThat(directory.resolve("skein.mv.db")).doesNotExist();
        }
        try (JdbcStores stores = open()) {
            assertThat(TestStores.session(stores, "one").id()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("newVersions")
    void ofAnUpgrade(int version) throws IOException, InterruptedException, SQLException {
        OldSchema old = new OldSchema(JdbcStores.h2Url(directory), "skein");
        old.make(OLD);
        old.sessionsAsSeven();
        killAt(version);
        if (version < Migrations.newest()) {
            assertThat(version(old)).isEqualTo(OLD);
        }
        try (JdbcStores stores = open()) {
            assertThat(get(stores.sessions().find(new SessionKey(TestStores.INSTANCE, "c1"))))
                    .isPresent();
        }
    }
}
