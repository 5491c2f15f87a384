package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.MessageId;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory goes from H2 alone to a journal and back. */
class JournalUndoTest {
    @TempDir
    private Path directory;

    private JdbcStores open(StoreDurability durability) {
        return JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                4,
                TestStores.settings().with(durability),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    @Test
    void whatTheOneHasWrittenTheOtherReadsAfterAStopInOrder() {
        MessageId first;
        try (JdbcStores before = open(StoreDurability.DATABASE)) {
            StoredSession session = session(before, "undo");
            first = get(append(before.messages(), session, "a"));
            get(append(before.messages(), session, "b"));
        }
        try (JdbcStores journaled = open(StoreDurability.DISK)) {
            StoredSession session = session(journaled, "undo");
            get(append(journaled.messages(), session, "c"));
            journaled.messages().submit(new StoreCommand.Acknowledge(session.id(), first));
            get(append(journaled.messages(), session, "d"));
            assertThat(payloads(journaled.messages(), session)).containsExactly("b", "c", "d");
        }
        assertThat(directory.resolve("skein.journal")).isDirectoryNotContaining("glob:**.journal");
        try (JdbcStores undone = open(StoreDurability.DATABASE)) {
            StoredSession session = session(undone, "undo");
            get(append(undone.messages(), session, "e"));
            assertThat(payloads(undone.messages(), session)).containsExactly("b", "c", "d", "e");
        }
        try (JdbcStores again = open(StoreDurability.PROCESS)) {
            assertThat(payloads(again.messages(), session(again, "undo"))).containsExactly("b", "c", "d", "e");
        }
    }
}
