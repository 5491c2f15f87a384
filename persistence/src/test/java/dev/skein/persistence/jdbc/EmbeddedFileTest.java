package dev.skein.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.contract.TestStores;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedFileTest {
    @TempDir
    private Path directory;

    private @Nullable SessionKey kept;

    private Path file() {
        return directory.resolve("skein.mv.db");
    }

    @Test
    void emptyFileIsNoNewDatabase() throws IOException {
        Files.createFile(file());

        assertThatThrownBy(this::open)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("is empty (expected: a database; restore a backup, or remove the file");
        assertThat(Files.size(file())).isZero();
    }

    @Test
    void directoryThatIsAFileAndFileThatIsADirectoryAreNamed() throws IOException {
        Files.createDirectory(file());
        assertThatThrownBy(this::open).hasMessageContaining(file() + " is no file");

        directory = Files.createFile(directory.resolve("taken"));
        assertThatThrownBy(this::open)
                .hasMessage("skein.storage.directory: " + directory + " is a file (expected: a directory)");
        directory = directory.resolve("below");
        assertThatThrownBy(this::open)
                .hasMessageStartingWith("skein.storage.directory: " + directory + " cannot be made in ");
    }

    @Test
    void nobodyElseReadsTheDatabase() throws Exception {
        Path made = directory.resolve("a/b");
        EmbeddedFile.of(JdbcStores.h2Url(made)).orElseThrow().keepPrivate();
        assertThat(rights(made)).isEqualTo("rwx------");

        Path given = Files.createDirectory(directory.resolve("given"), rightsOf("rwxr-xr-x"));
        Files.createFile(given.resolve("skein.mv.db"), rightsOf("rw-r--r--"));
        EmbeddedFile.of(JdbcStores.h2Url(given)).orElseThrow().keepPrivate();
        assertThat(rights(given)).isEqualTo("rwx------");
        assertThat(rights(given.resolve("skein.mv.db"))).isEqualTo("rw-------");
    }

    @Test
    void directoryWithOtherThingsInItStaysOpen() throws Exception {
        Path shared = Files.createDirectory(directory.resolve("shared"), rightsOf("rwxr-xr-x"));
        Path other = Files.createFile(shared.resolve("notes"), rightsOf("rw-r--r--"));
        Path database = Files.createFile(shared.resolve("skein.mv.db"), rightsOf("rw-r--r--"));
        EmbeddedFile.of(JdbcStores.h2Url(shared)).orElseThrow().keepPrivate();
        assertThat(rights(shared)).isEqualTo("rwxr-xr-x");
        assertThat(rights(other)).isEqualTo("rw-r--r--");
        assertThat(rights(database)).isEqualTo("rw-------");
    }

    @Test
    void databaseThatIsOpenIsPrivate() throws Exception {
        try (JdbcStores _ = open()) {
            assertThat(rights(file())).isEqualTo("rw-------");
        }
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static FileAttribute<?> rightsOf(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    @Test
    void directoryWithoutADatabaseIsFine() {
        assertThat(JdbcStores.problem(JdbcStores.h2Url(directory))).isEmpty();
        assertThat(JdbcStores.problem(JdbcStores.h2Url(directory.resolve("a/b"))))
                .isEmpty();
        assertThat(JdbcStores.problem("jdbc:postgresql://localhost/skein")).isEmpty();
    }

    @ParameterizedTest // in parts of 1024 of the whole file
    @ValueSource(ints = {1, 128, 256, 512, 768, 1000})
    void fileThatWasCutDoesNotOpenAsAnEmptyDatabase(int part) throws IOException {
        byte[] whole = databaseWithASession();
        Files.write(file(), Arrays.copyOf(whole, Math.max(1, (int) ((long) whole.length * part / 1024))));
        opensWithItsSessionOrSaysWhyNot();
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 8192, 12288})
    void fileOfAHeadAloneDoesNotOpenAsAnEmptyDatabase(int bytes) throws IOException {
        byte[] whole = databaseWithASession();
        Files.write(file(), Arrays.copyOf(whole, bytes));
        opensWithItsSessionOrSaysWhyNot();
    }

    @Test
    void fileOfZerosIsDamaged() throws IOException {
        byte[] whole = databaseWithASession();
        Files.write(file(), new byte[whole.length]);
        assertThatThrownBy(this::open).hasMessageContaining("is damaged").hasMessageContaining(directory.toString());
    }

    @ParameterizedTest
    @CsvSource({"0, false", "4096, false", "0 4096, true"})
    void fileWithoutAGoodHeaderIsDamaged(String copies, boolean damaged) throws IOException {
        byte[] file = databaseWithASession();
        for (String copy : copies.split(" ", -1)) {
            file[Integer.parseInt(copy) + 10] ^= 1;
        }
        Files.write(file(), file);

        if (damaged) {
            assertThat(JdbcStores.problem(JdbcStores.h2Url(directory)))
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .startsWith("database: " + file() + " is damaged: neither copy of its header can be read"));
        } else {
            assertThat(JdbcStores.problem(JdbcStores.h2Url(directory))).isEmpty();
            opensWithItsSessionOrSaysWhyNot();
        }
    }

    @Test // a read-only archive stands for a read-only mount
    void readOnlyFileSystemIsToldFromMissingRights() throws IOException {
        Path archive = directory.resolve("read-only.zip");
        try (FileSystem writable = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Files.write(Files.createDirectory(writable.getPath("/data")).resolve("skein.mv.db"), new byte[1]);
        }
        try (FileSystem readOnly = FileSystems.newFileSystem(archive, Map.of("accessMode", "readOnly"))) {
            assertThat(new EmbeddedFile(readOnly.getPath("/data/skein.mv.db")).problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .startsWith("skein.storage.directory: /data is on a read-only file system (expected: "));
            assertThat(new EmbeddedFile(readOnly.getPath("/new/skein.mv.db")).problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .startsWith("skein.storage.directory: /new cannot be made: / is on a read-only file"));
        }
    }

    private byte[] databaseWithASession() throws IOException {
        try (JdbcStores stores = open()) {
            kept = TestStores.session(stores, "kept").key();
        }
        return Files.readAllBytes(file());
    }

    private void opensWithItsSessionOrSaysWhyNot() {
        JdbcStores stores;
        try {
            stores = open();
        } catch (RuntimeException e) {
            assertThat(e).hasMessageContaining(directory.toString());
            return;
        }
        try (stores) {
            assertThat(TestStores.get(stores.sessions().find(Objects.requireNonNull(kept))))
                    .isPresent();
        }
    }

    private JdbcStores open() {
        return JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                2,
                TestStores.settings(),
                InstantSource.system(),
                (_, _, _) -> {});
    }
}
