package dev.skein.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.jdbc.JdbcStores;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code skein store} on directories without a node; what it does with files is in StoreFilesTest. */
class StoreCommandTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int skein(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    private JdbcStores open() {
        return JdbcStores.open(
                JdbcStores.h2Url(directory.resolve("data")),
                "skein",
                "",
                2,
                new StoreSettings(
                        Duration.ofDays(1), 1_000, 1_000, Duration.ofDays(1), 100, "test", StoreDurability.DISK),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    @Test
    void aStoreIsCheckedBackedUpAndRestored() {
        open().close();
        Path copy = directory.resolve("copy");
        assertThat(skein("store", "check", "--data", data())).isZero();
        assertThat(out.toString()).contains("0 damaged");
        assertThat(skein("store", "backup", "--data", data(), copy.toString())).isZero();
        assertThat(skein("store", "restore", "--data", data(), copy.toString())).isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("has a store already");
        Path fresh = directory.resolve("fresh");
        assertThat(skein("store", "restore", "--data", fresh.toString(), copy.toString()))
                .isZero();
        assertThat(skein("store", "check", "--data", fresh.toString())).isZero();
        assertThat(skein("store", "repair", "--data", fresh.toString())).isZero();
    }

    @Test
    void damageIsAnExitCodeAndALine() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.createFile(data.resolve("skein.mv.db"));
        assertThat(skein("store", "check", "--data", data())).isEqualTo(Main.FAILED);
        assertThat(out.toString()).contains("skein.mv.db is empty");
    }

    @Test
    void aDirectoryInUseIsLeftAlone() {
        try (JdbcStores _ = open()) {
            assertThat(skein("store", "check", "--data", data())).isEqualTo(Main.FAILED);
            assertThat(err.toString()).contains("in use by this process");
            assertThat(skein(
                            "store",
                            "backup",
                            "--data",
                            data(),
                            directory.resolve("copy").toString()))
                    .as("the process that has it open makes the copy")
                    .isZero();
        }
    }

    @Test
    void anotherDatabaseHasItsOwnTools() {
        assertThat(skein("store", "check", "--set", "skein.storage.jdbc.url=\"jdbc:postgresql://127.0.0.1/skein\""))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("an embedded database");
    }

    @Test
    void checkConfigSeesAJournalThatIsNone() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.createFile(data.resolve("skein.journal"));
        assertThat(skein("check-config", "--data", data())).isEqualTo(Main.MISUSE);
        assertThat(err.toString()).contains("journal: " + data.resolve("skein.journal") + " is a file");
    }
}
