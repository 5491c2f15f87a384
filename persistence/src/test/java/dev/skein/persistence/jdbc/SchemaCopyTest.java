package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.contract.TestStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schema is changed on a copy of the file. */
class SchemaCopyTest {
    private static final String COPY = "skein.migrating.mv.db";

    @TempDir
    private Path directory;

    private static void openAndClose(Path directory) {
        try (JdbcStores stores = JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                3,
                TestStores.settings(),
                InstantSource.system(),
                (_, _, _) -> {})) {
            for (String client : new String[] {"c1", "c2"}) {
                assertThat(get(stores.sessions().find(new SessionKey(TestStores.INSTANCE, client))))
                        .as(client)
                        .isPresent();
            }
        }
        assertThat(directory.resolve(COPY)).doesNotExist();
    }

    private static void makeOld(Path directory) throws SQLException, IOException {
        OldSchema old = new OldSchema(JdbcStores.h2Url(directory), "skein");
        old.make(7);
        old.sessionsAsSeven();
    }

    @Test
    void aCopyThatAKillHasLeftIsRemoved() throws SQLException, IOException {
        makeOld(directory);
        Files.write(directory.resolve(COPY), new byte[10_000]);
        openAndClose(directory);
        Files.write(directory.resolve(COPY), new byte[10_000]);
        openAndClose(directory);
    }

    @Test
    void aLinkStaysALink() throws SQLException, IOException {
        makeOld(directory);
        Path linked = Files.createDirectory(directory.resolve("linked"));
        Path link = Files.createSymbolicLink(linked.resolve("skein.mv.db"), directory.resolve("skein.mv.db"));
        openAndClose(linked);
        assertThat(link).isSymbolicLink();
        openAndClose(directory);
    }

    @Test
    void theFileStaysAsItWasWhenNoCopyCanBeMade() throws SQLException, IOException {
        makeOld(directory);
        Path inTheWay = Files.createDirectories(directory.resolve(COPY).resolve("file"));
        byte[] before = Files.readAllBytes(directory.resolve("skein.mv.db"));
        assertThatThrownBy(() -> openAndClose(directory))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("cannot be brought to the schema of this release")
                .hasMessageContaining(COPY);
        assertThat(directory.resolve("skein.mv.db")).hasBinaryContent(before);
        Files.delete(inTheWay);
        openAndClose(directory);
    }
}
