package dev.skein.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.contract.TestStores;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process has the journal, at the same place or by a link. */
class TwoProcessesIT {
    @TempDir
    private Path root;

    private static JdbcStores open(Path directory) {
        return JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                3,
                TestStores.settings().with(StoreDurability.DISK),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    /** Its log comes on the same way. */
    private static void awaitCommit(BufferedReader reports) throws IOException {
        String line;
        do {
            line = reports.readLine();
            assertThat(line).isNotNull();
        } while (!line.matches("\\d+"));
    }

    @Test
    void theOtherProcessIsNamedAndGoesOn() throws Exception {
        Path directory = root.resolve("data");
        Process other = KilledWriter.process(directory, StoreDurability.DISK, 1, 128)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader reports = other.inputReader(StandardCharsets.UTF_8)) {
            awaitCommit(reports);
            Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
            for (String linked : new String[] {"skein.journal", "skein.mv.db"}) {
                Files.createSymbolicLink(elsewhere.resolve(linked), directory.resolve(linked));
            }
            for (Path each : new Path[] {directory, elsewhere, directory}) {
                assertThatThrownBy(() -> open(each))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining(each.resolve("skein.journal") + " is in use by process " + other.pid());
            }
            awaitCommit(reports);
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        open(directory).close();
    }
}
