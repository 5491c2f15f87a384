package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreFiles;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Check, repair, backup and restore. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class StoreFilesTest {
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

    private static StoreFiles files(Path directory) {
        return JdbcStores.files(
                        JdbcStores.h2Url(directory),
                        "skein",
                        "",
                        TestStores.settings().with(StoreDurability.DISK))
                .orElseThrow();
    }

    private Path data() {
        return root.resolve("data");
    }

    /** What a kill leaves: messages "a", "b" and "c" in the journal alone, "moved" in the tables. */
    private Path killed() throws IOException {
        Path left = root.resolve("left");
        try (JdbcStores stores = open(data())) {
            StoredSession session = session(stores, "c");
            get(append(stores.messages(), session, "moved"));
            get(stores.moveNow());
            for (String payload : List.of("payload-a", "payload-b", "payload-c")) {
                get(append(stores.messages(), session, payload));
            }
            stores.backup(left);
        }
        return left;
    }

    private static Path journalOf(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("skein.journal"))) {
            return all.filter(path -> path.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flip(Path file, String at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int place = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(at);
        bytes[place] ^= 1;
        Files.write(file, bytes);
    }

    private static List<String> queue(Path directory) {
        try (JdbcStores stores = open(directory)) {
            return payloads(stores.messages(), session(stores, "c"));
        }
    }

    @Test
    void aWholeStoreHasNoDamageAndIsNotChanged() throws IOException {
        Path left = killed();
        byte[] before = Files.readAllBytes(left.resolve("skein.mv.db"));
        StoreFiles.Report report = files(left).check();
        assertThat(report.damages()).isEmpty();
        assertThat(report.records()).isGreaterThanOrEqualTo(3);
        assertThat(report.rows()).isPositive();
        assertThat(Files.readAllBytes(left.resolve("skein.mv.db"))).isEqualTo(before);
        assertThat(queue(left)).containsExactly("moved", "payload-a", "payload-b", "payload-c");
    }

    @Test
    void aChangedByteOfTheJournalIsNamedAndRepairKeepsTheRest() throws IOException {
        Path left = killed();
        Path journal = journalOf(left);
        flip(journal, "payload-b");

        assertThat(files(left).check().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage).startsWith("journal: " + journal + ", bytes "));
        assertThat(files(left).repair()).hasSize(1);
        assertThat(journal.resolveSibling(journal.getFileName() + ".damaged")).exists();
        assertThat(queue(left)).containsExactly("moved", "payload-a", "payload-c");
    }

    @Test
    void aFileWithoutItsHeaderIsNamedAndRepairStartsWithoutIt() throws IOException {
        Path left = killed();
        flip(journalOf(left), "SKEINJ01");
        assertThat(files(left).check().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage).endsWith("has no header"));
        files(left).repair();
        assertThat(queue(left)).containsExactly("moved");
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Path left = killed();
        Path journal = journalOf(left);
        Files.delete(journal);
        assertThat(files(left).check().damages()).containsExactly("journal: " + journal + " is missing");
    }

    /** What of H2's file cannot be opened or read is told. Large parts of a small file are dead. */
    @Test
    void anH2FileThatIsDamagedIsNamedOrReadable() throws IOException {
        Path left = killed();
        Path database = left.resolve("skein.mv.db");
        byte[] whole = Files.readAllBytes(database);
        int named = 0;
        int header = 8192;
        for (int at = 0; at < 15; at++) {
            byte[] changed = whole.clone();
            Arrays.fill(
                    changed,
                    at == 0 ? header : at * whole.length / 16,
                    at == 0 ? whole.length : (at + 1) * whole.length / 16,
                    (byte) 0x55);
            Files.write(database, changed);
            List<String> damages = files(left).check().damages();
            named += damages.isEmpty() ? 0 : 1;
            assertThat(damages).allSatisfy(damage -> assertThat(damage).contains(database.toString()));
        }
        assertThat(named).isPositive();
    }

    @Test
    void whatAProcessUsesIsNeitherCheckedNorRepairedNorReplaced() throws IOException {
        Path left = killed();
        try (JdbcStores _ = open(data())) {
            assertThatThrownBy(() -> files(data()).check())
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("in use by this process");
            assertThatThrownBy(() -> files(data()).repair()).hasMessageContaining("in use");
            assertThatThrownBy(() -> files(data()).restore(left)).hasMessageContaining("in use");
        }
    }

    @Test
    void aBackupOfARunningStoreHasWhatWasAcknowledgedBefore() throws Exception {
        Path copy = root.resolve("copy");
        List<String> before = new ArrayList<>();
        List<String> all = new ArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        try (JdbcStores stores = open(data())) {
            StoredSession session = session(stores, "c");
            for (int i = 0; i < 300; i++) {
                before.add("m" + i);
                get(append(stores.messages(), session, "m" + i));
            }
            get(stores.moveNow());
            CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> {
                for (int i = 300; !done.get() || i < 400; i++) {
                    get(append(stores.messages(), session, "m" + i));
                    all.add("m" + i);
                    if (i % 100 == 0) {
                        get(stores.moveNow());
                    }
                }
            });
            files(data()).backup(copy); // the store is this process's: it is asked by files
            done.set(true);
            publishing.get(60, TimeUnit.SECONDS);
        }
        assertThat(files(copy).check().damages()).isEmpty();
        Path restored = root.resolve("restored");
        files(restored).restore(copy);
        List<String> queue = queue(restored);
        assertThat(queue).startsWith(before.toArray(String[]::new)).doesNotHaveDuplicates();
        all.addAll(0, before);
        assertThat(all.subList(0, queue.size())).isEqualTo(queue);
    }

    @Test
    void aBackupGoesToAnEmptyDirectoryAndARestoreToOneWithoutAStore() throws IOException {
        Path left = killed();
        Path taken = Files.createDirectory(root.resolve("taken"));
        Files.createFile(taken.resolve("something"));
        assertThatThrownBy(() -> files(left).backup(taken)).hasMessageContaining("is not empty");
        assertThatThrownBy(() -> files(data()).restore(left)).hasMessageContaining("has a store already");
        assertThatThrownBy(() -> files(root.resolve("new")).restore(taken)).hasMessageContaining("is not there");
        try (JdbcStores _ = open(data())) {
            assertThatThrownBy(() -> files(data()).backup(taken))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("is not empty");
        }
        assertThat(taken).isDirectoryContaining("glob:**something");

        Path again = root.resolve("again");
        files(left).backup(again);
        Path restored = root.resolve("restored");
        files(restored).restore(again);
        assertThat(queue(restored)).containsExactly("moved", "payload-a", "payload-b", "payload-c");
    }
}
