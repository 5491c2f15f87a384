package dev.skein.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bits that change, and files that are not there. */
class DamageTest {
    private static final long SESSION = Workload.SESSIONS.getFirst();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String FIRST = Segment.name(1);

    private CutFiles files;
    private MemoryTables tables;
    private Journal journal;

    @BeforeEach
    void open() {
        files = new CutFiles();
        tables = new MemoryTables(Journals.empty(), null);
        journal = Journals.open(files, tables, true);
        journal.start();
    }

    private MessageId append(String payload, @Nullable InboundMark mark) throws Exception {
        CompletableFuture<MessageId> done = new CompletableFuture<>();
        journal.submit(new StoreCommand.Append(
                "default",
                "t",
                Content.of(payload.getBytes(UTF_8)),
                Origin.UNKNOWN,
                List.of(new Receiver(SESSION, 2)),
                mark,
                new StoreCommand.AppendListener() {
                    @Override
                    public void committed(MessageId id) {
                        done.complete(id);
                    }

                    @Override
                    public void repeated(MessageId first) {
                        done.completeExceptionally(new AssertionError("repeated"));
                    }

                    @Override
                    public void failed(StoreUnavailableException cause) {
                        done.completeExceptionally(cause);
                    }
                }));
        return done.get(60, TimeUnit.SECONDS);
    }

    private interface Step {
        StoreCommand of(StoreCommand.CommitListener listener);
    }

    private void step(Step step) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        journal.submit(step.of(() -> done.complete(null)));
        done.get(60, TimeUnit.SECONDS);
    }

    private static List<String> payloads(Journal of, MemoryTables tables) {
        return Expected.drain(of, tables, SESSION, 100).stream()
                .map(QueuedMessage::payload)
                .map(payload -> new String(payload, UTF_8))
                .toList();
    }

    /** A record of every kind. */
    private void everything() throws Exception {
        MessageId a = append("a", null);
        append("b", new InboundMark(SESSION, 7));
        MessageId c = append("c", null);
        append("d", null);
        step(listener -> new StoreCommand.Sent(SESSION, c, 5, listener));
        step(listener -> new StoreCommand.Received(SESSION, c, 5, listener));
        step(listener -> new StoreCommand.Completed(SESSION, 5, listener));
        step(listener -> new StoreCommand.InboundReleased(SESSION, 7, listener));
        journal.submit(new StoreCommand.Acknowledge(SESSION, a));
        step(listener -> new StoreCommand.Barrier(SESSION, listener));
        append("e", null);
        append("f", null);
    }

    @Test
    void aChangedBitCostsOneRecordAndIsTold() throws Exception {
        everything();
        int size = files.content(FIRST).size();
        for (int at = Segment.HEADER; at < size; at++) {
            CutFiles damaged = files.copy();
            damaged.content(FIRST).bytes()[at] ^= (byte) (1 << at % Byte.SIZE);
            MemoryTables none = new MemoryTables(Journals.empty(), null);
            Journal after = Journals.open(damaged, none, true);
            List<String> left = payloads(after, none);
            // "f" stands in the last group, which nothing says was stored: it may be what was being written.
            assertThat(left).as("byte " + at).isSubsetOf("a", "b", "c", "d", "e", "f");
            List<String> all = List.of("b", "d", "e");
            long missing = all.stream().filter(each -> !left.contains(each)).count();
            assertThat(missing).as("byte " + at + ": " + left).isLessThanOrEqualTo(1);
            boolean told = after.damage().isPresent();
            assertThat(told || (!left.contains("f") && missing == 0))
                    .as("byte " + at)
                    .isTrue();
            if (told) {
                assertThat(after.damage().get()).contains(FIRST);
                assertThat(left).contains("f");
            }
        }
    }

    @Test
    void whatIsDamagedIsKeptAsideAndTheRestGoesOn() throws Exception {
        everything();
        files.content(FIRST).bytes()[Segment.HEADER + 80] ^= 1; // the first message or the one behind it
        CutFiles damaged = files.copy();
        Journal after = Journals.open(damaged, tables, true);
        after.start();
        after.close(PATIENCE);

        assertThat(damaged.list()).containsExactly(FIRST + Segment.DAMAGED);
        assertThat(after.metrics(new StoreMetrics(0, 0, 0, 0, 0)).journal().damages())
                .isEqualTo(1);
        assertThat(payloads(Journals.open(damaged, tables, true), tables)).contains("d", "e", "f");
    }

    @Test
    void aMessageThatGoesBadWhileTheStoreRunsIsPassedOver() throws Exception {
        append("a", null);
        append("bad", null);
        append("c", null);
        byte[] bytes = files.content(FIRST).bytes();
        for (int at = 0; at < files.content(FIRST).size() - 2; at++) {
            if (bytes[at] == 'b' && bytes[at + 1] == 'a' && bytes[at + 2] == 'd') {
                bytes[at] = 'B';
            }
        }
        assertThat(payloads(journal, tables)).containsExactly("a", "c");
        assertThat(journal.damage()).isPresent();
        assertThat(journal.damage().get()).contains(FIRST).contains("session " + SESSION);
        assertThat(journal.depth(SESSION, tables.queue(SESSION))).isEqualTo(2);
        journal.close(PATIENCE);
        assertThat(payloads(Journals.open(files, tables, true), tables)).containsExactly("a", "c");
    }

    /** Several segments: the first one holds what is queued still. */
    private void several() throws Exception {
        tables.stall();
        for (int i = 0; i < 3; i++) {
            append("m" + i + "x".repeat(5_000), null);
        }
    }

    @Test
    void aMissingFileIsNotAnEmptyJournal() throws Exception {
        several();
        for (String name : List.copyOf(files.list())) {
            CutFiles without = files.copy();
            without.remove(name);
            assertThatThrownBy(() -> Journals.open(without, tables, true))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(name + " is missing")
                    .hasMessageContaining("restore")
                    .hasMessageContaining(Replay.LOST);
            without.create(Replay.LOST);
            Journal accepted = Journals.open(without, tables, true);
            assertThat(accepted.damage()).isPresent();
            assertThat(without.list()).doesNotContain(Replay.LOST);
            assertThat(payloads(accepted, tables)).hasSize(2);
            assertThat(payloads(Journals.open(without, tables, true), tables))
                    .as("a second start does not ask again")
                    .hasSize(2);
        }
    }

    @Test
    void theOnlyFileIsMissedThoughNothingHasMovedYet() throws Exception {
        append("a", null);
        CutFiles without = files.copy();
        without.remove(FIRST);
        assertThatThrownBy(() -> Journals.open(without, tables, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no *.journal");
    }

    @Test
    void theNewestFileIsMissedAfterARestartOfAnEmptyJournal() throws Exception {
        append("a", null);
        journal.close(PATIENCE); // the tables have everything, the files are gone
        assertThat(files.list()).isEmpty();
        Journal again = Journals.open(files, tables, true);
        again.start();
        journal = again;
        append("b", null);
        CutFiles without = files.copy();
        String only = without.list().getFirst();
        assertThat(only).isNotEqualTo(FIRST);
        without.remove(only);
        assertThatThrownBy(() -> Journals.open(without, tables, true)).isInstanceOf(IllegalStateException.class);
        again.close(PATIENCE);
    }

    @Test
    void aRenamedFileIsMissing() throws Exception {
        several();
        for (String name : List.copyOf(files.list())) {
            for (String other : List.of(name + ".bak", name.substring(1), "000000000099.journal")) {
                CutFiles renamed = files.copy();
                renamed.rename(name, other);
                assertThatThrownBy(() -> Journals.open(renamed, tables, true))
                        .as(name + " to " + other)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(name + " is missing")
                        .hasMessageContaining("renamed");
            }
        }
    }

    /** The first release with a journal noted only that there are files, or that there are none. */
    @Test
    void filesOfTheReleaseBeforeAreReadAndThoseBehindThemAreMissed() throws Exception {
        append("a", null);
        CutFiles left = files.copy();
        MemoryTables.State state = Journals.empty();
        MemoryTables old = new MemoryTables(state, null);
        Journal upgraded = Journals.open(left, old, true);
        upgraded.start();
        journal = upgraded;
        append("b", null);
        CutFiles whole = left.copy();
        assertThat(payloads(Journals.open(whole, old, true), old)).containsExactly("a", "b");
        left.remove(left.list().getLast());
        assertThatThrownBy(() -> Journals.open(left, old, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Segment.name(2) + " is missing");
        upgraded.close(PATIENCE);
    }

    /** Of names that were removed one may come back after a power cut, and a later one not. */
    @Test
    void aMissingFileOfWhichTheTablesHaveEverythingIsNotMissed() throws Exception {
        CutFiles gap = new CutFiles();
        Segment.create(gap, 1, 1, 7).close();
        Segment.create(gap, 3, 10, 7).close();
        MemoryTables.State state = Journals.empty();
        state.files = new FileRange(0, 0, true);
        state.highWater = 9;
        assertThat(Journals.open(gap, new MemoryTables(state, null), true).damage())
                .isEmpty();

        state.highWater = 8;
        assertThatThrownBy(() -> Journals.open(gap, new MemoryTables(state, null), true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Segment.name(2));
    }

    @Test
    void anEmptyFileBesideOthersIsAnError() throws Exception {
        several();
        for (String name : List.copyOf(files.list())) {
            CutFiles empty = files.copy();
            empty.create(name);
            assertThatThrownBy(() -> Journals.open(empty, tables, true))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining(Replay.LOST);
        }
    }

    @Test
    void noFilesWhereThereHaveToBeSomeIsAnError() {
        MemoryTables.State state = Journals.empty();
        state.files = new FileRange(0, 0, true);
        state.highWater = 9;
        MemoryTables before = new MemoryTables(state, null);
        assertThatThrownBy(() -> Journals.open(new CutFiles(), before, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("restore");
    }

    @Test
    void aChangedHeaderIsAnError() throws Exception {
        several();
        for (int at = 0; at < Segment.HEADER; at++) {
            CutFiles damaged = files.copy();
            String name = damaged.list().getFirst();
            damaged.content(name).bytes()[at] ^= 1;
            assertThatThrownBy(() -> Journals.open(damaged, tables, true))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(name);
        }
    }
}
