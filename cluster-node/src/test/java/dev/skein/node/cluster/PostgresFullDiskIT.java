package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.FullDiskRun;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The disk of PostgreSQL is full, and has room again; see {@code FullDiskIT} for that of the embedded database. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.FIRST)
class PostgresFullDiskIT {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresFullDiskIT.class);
    private static final String DISK = "160m";
    private static final long ROOM = 8 << 20;
    /** Less than what PostgreSQL compresses: a body is one sign many times. */
    private static final int BODY = 1800;
    /** One when it begins, and few beside it: not one for each message, or each attempt. */
    private static final int LINES_MAX = 20;

    /** What is on the disk that is full. */
    private enum Full {
        /** A table cannot grow: a statement fails. */
        TABLES,
        /** The log of all commits cannot grow: PostgreSQL ends by itself, and does not start again without room. */
        WRITE_AHEAD_LOG
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsAcknowledgedWhileTheDiskIsFullAndNothingAcknowledgedIsLost(Full full)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Path all = Files.createDirectories(Path.of("target", "reliability").toAbsolutePath());
        Path home = Files.createTempDirectory(all, "postgres-disk-");
        try (SmallDisk disk = SmallDisk.at(home.resolve("disk"), DISK)) {
            Path small = disk.path().resolve("postgres");
            Path large = home.resolve("postgres");
            try (PostgresServer postgres = full == Full.TABLES
                            ? PostgresServer.in(home, small, large)
                            : PostgresServer.in(home, large, small);
                    SkeinProcess process = node(home, postgres)) {
                play(disk, postgres, process);
            }
        }
        SkeinProcess.delete(home);
    }

    private static SkeinProcess node(Path home, PostgresServer postgres) {
        return SkeinProcess.in(
                        home,
                        "-Xmx256m",
                        "skein.storage.jdbc.url=" + postgres.url(PostgresServer.HOST),
                        "skein.storage.jdbc.user=" + postgres.user(),
                        "skein.storage.jdbc.password=unused")
                .start();
    }

    private static void play(SmallDisk disk, PostgresServer postgres, SkeinProcess process)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (FullDiskRun run = new FullDiskRun(process, BODY, 1)) {
            disk.leave(ROOM);
            run.play(() -> {
                assertThat(process.isAlive()).isTrue();
                disk.giveBack();
                if (postgres.startIfDown()) {
                    LOG.info("PostgreSQL had ended by itself and was started again");
                }
            });
            run.requireAll(1);
            assertThat(run.logLines(" WARN ") + run.logLines(" ERROR ")).isLessThan(LINES_MAX);
        }
    }
}
