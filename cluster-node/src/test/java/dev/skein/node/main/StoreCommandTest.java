package dev.skein.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.jdbc.JdbcStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
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

    /** A page of H2 that it cannot read is not repaired; a row that changed is. */
    @Test
    void aRepairThatLeavesDamageSaysSo() throws Exception {
        String payload = "retained-payload";
        try (JdbcStores stores = open()) {
            for (int i = 0; i < 2; i++) {
                RetainedMessage message = new RetainedMessage(
                        new MessageId(1, 1),
                        "topic/" + i,
                        Content.of((payload + i).getBytes(StandardCharsets.ISO_8859_1)),
                        1,
                        Origin.UNKNOWN);
                stores.retained().put("default", message).toCompletableFuture().get(30, TimeUnit.SECONDS);
            }
        }
        change(payload + 0, 1, 1);
        assertThat(skein("store", "check", "--data", data())).isEqualTo(Main.FAILED);
        assertThat(out.toString()).contains("topic/0 in instance default is damaged");
        assertThat(skein("store", "repair", "--data", data())).isZero();
        assertThat(out.toString()).contains("1 damaged, 0 of it left", "1 damaged rows were set aside");

        change(payload + 1, -12, 12);
        assertThat(skein("store", "repair", "--data", data())).isEqualTo(Main.FAILED);
    }

    /** Changes bytes beside each place of a text in the database's file. */
    private void change(String text, int from, int length) throws IOException {
        Path file = directory.resolve("data").resolve("skein.mv.db");
        byte[] bytes = Files.readAllBytes(file);
        String all = new String(bytes, StandardCharsets.ISO_8859_1);
        for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
            for (int i = 0; i < length; i++) {
                bytes[at + from + i] ^= (byte) (length == 1 ? 2 : 0xFF);
            }
        }
        Files.write(file, bytes);
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
