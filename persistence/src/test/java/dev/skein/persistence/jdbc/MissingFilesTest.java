package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.contract.TestStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory as a kill leaves it, and what somebody has done to its files. */
class MissingFilesTest {
    @TempDir
    private Path root;

    /** A change of one file. */
    private interface Harm {
        void to(Path file) throws IOException;
    }

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

    /**
     * With a message in the journal that H2 does not have, as a kill would leave it. A backup, since a plain copy of a
     * file that H2 writes to meanwhile may hold less than any moment had.
     */
    private Path killed() throws Exception {
        Path running = root.resolve("running");
        Path left = root.resolve("left");
        try (JdbcStores stores = open(running)) {
            get(append(stores.messages(), session(stores, "c"), "a"));
            stores.backup(left);
        }
        return left;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                if (!each.endsWith(DirectoryLock.NAME)) { // to close it would give the lock back
                    Path target = to.resolve(from.relativize(each).toString());
                    Files.copy(each, target);
                }
            }
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void eachFileThatIsGoneEmptyOrRenamedKeepsTheStoreFromOpening() throws Exception {
        Path left = killed();
        assertThat(files(left)).hasSizeGreaterThanOrEqualTo(2);
        int copies = 0;
        for (Path file : files(left)) {
            List<Harm> harms = List.of(
                    Files::delete,
                    path -> Files.write(path, new byte[0]),
                    path -> Files.move(path, path.resolveSibling(path.getFileName() + ".old")));
            for (Harm harm : harms) {
                Path copy = root.resolve("copy" + copies++);
                copy(left, copy);
                Path harmed = copy.resolve(left.relativize(file).toString());
                harm.to(harmed);
                assertThatThrownBy(() -> open(copy).close())
                        .as(harmed + ", harm " + copies)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("expected: ");
            }
        }
        try (JdbcStores whole = open(left)) {
            assertThat(payloads(whole.messages(), session(whole, "c"))).containsExactly("a");
        }
    }

    @Test
    void theWholeJournalIsMissed() throws Exception {
        Path left = killed();
        Files.move(left.resolve("skein.journal"), root.resolve("elsewhere"));
        assertThatThrownBy(() -> open(left).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no *.journal in " + left.resolve("skein.journal"));
    }

    @Test
    void aDatabaseThatIsMissingBesideAJournalIsNoNewOne() throws Exception {
        Path left = killed();
        Path database = left.resolve("skein.mv.db");
        Files.delete(database);
        assertThat(JdbcStores.problem(JdbcStores.h2Url(left)))
                .hasValueSatisfying(problem -> assertThat(problem).startsWith("database: " + database + " is missing"));
        assertThatThrownBy(() -> open(left).close()).hasMessageContaining(database + " is missing");
        assertThat(database).doesNotExist();
    }

    @Test
    void aJournalThatIsNoDirectoryIsToldBeforeAStart() throws IOException {
        Path directory = Files.createDirectory(root.resolve("data"));
        Path journal = directory.resolve("skein.journal");
        Files.createFile(journal);
        String url = JdbcStores.h2Url(directory);
        assertThat(JdbcStores.problem(url))
                .hasValueSatisfying(problem -> assertThat(problem)
                        .isEqualTo("journal: " + journal
                                + " is a file (expected: the directory of the journal, or nothing; move it away)"));
        assertThatThrownBy(() -> open(directory).close()).hasMessageContaining(journal + " is a file");

        Files.delete(journal);
        Files.createSymbolicLink(journal, root.resolve("nowhere"));
        assertThat(JdbcStores.problem(url))
                .hasValueSatisfying(problem -> assertThat(problem).contains(journal + " leads nowhere"));

        Files.delete(journal);
        Files.createDirectories(journal.resolve("skein.lock"));
        assertThat(JdbcStores.problem(url))
                .hasValueSatisfying(problem -> assertThat(problem).contains("skein.lock is no file"));
    }

    @Test
    void onlyOneStoreAtATimeUsesAJournal() throws IOException {
        Path one = root.resolve("one");
        Path two = Files.createDirectory(root.resolve("two"));
        JdbcStores first = open(one);
        try {
            Files.createSymbolicLink(two.resolve("skein.journal"), one.resolve("skein.journal"));
            for (Path directory : List.of(one, two, one)) {
                assertThatThrownBy(() -> open(directory))
                        .hasMessageContaining(directory.resolve("skein.journal") + " is in use by this process");
            }
        } finally {
            first.close();
        }
        open(one).close();
    }
}
