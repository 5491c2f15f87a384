package dev.skein.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Sessions that end, bounds, and tables that are slow. */
class JournalTest {
    private static final long SESSION = Workload.SESSIONS.getFirst();
    private static final long OTHER = Workload.SESSIONS.getLast();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CutFiles files = new CutFiles();

    private static CompletableFuture<MessageId> append(Journal journal, long session, String payload) {
        CompletableFuture<MessageId> done = new CompletableFuture<>();
        journal.submit(new StoreCommand.Append(
                "default",
                "t",
                Content.of(payload.getBytes(UTF_8)),
                Origin.UNKNOWN,
                List.of(new Receiver(session, 1)),
                null,
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
        return done;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static List<String> payloads(Journal journal, MemoryTables tables, long session) {
        return Expected.drain(journal, tables, session, 100).stream()
                .map(QueuedMessage::payload)
                .map(payload -> new String(payload, UTF_8))
                .toList();
    }

    /** H2 may have lost the session with a power cut, and may give its number once more. */
    @Test
    void whatIsLeftOfASessionIsNotThatOfALaterOneWithItsNumber() throws Exception {
        MemoryTables tables = new MemoryTables(Journals.empty(), null);
        Journal killed = Journals.open(files, tables, true);
        killed.start();
        get(append(killed, SESSION, "of the session that was lost"));
        get(append(killed, OTHER, "other"));
        CutFiles left = files.copy();
        killed.close(PATIENCE);

        MemoryTables.State without = Journals.empty();
        without.sessions.remove(SESSION);
        MemoryTables lost = new MemoryTables(without, null);
        Journal started = Journals.open(left, lost, true);
        started.start();
        get(append(started, OTHER, "later"));
        CutFiles again = left.copy();
        started.close(PATIENCE);

        MemoryTables with = new MemoryTables(Journals.empty(), null);
        Journal last = Journals.open(again, with, true);
        assertThat(payloads(last, with, SESSION)).isEmpty();
        assertThat(payloads(last, with, OTHER)).containsExactly("other", "later");
    }

    @Test
    void aDiscardedSessionHasNothingLeft() throws Exception {
        MemoryTables tables = new MemoryTables(Journals.empty(), null);
        Journal journal = Journals.open(files, tables, true);
        journal.start();
        get(append(journal, SESSION, "a"));
        get(append(journal, OTHER, "b"));
        get(journal.discard(SESSION));

        assertThat(payloads(journal, tables, SESSION)).isEmpty();
        assertThat(payloads(journal, tables, OTHER)).containsExactly("b");
        journal.close(PATIENCE);
        assertThat(files.list()).isEmpty();
    }

    /** What is acknowledged while it moves leaves the tables, too. */
    @Test
    void aMessageThatIsAcknowledgedOnItsWayDoesNotComeBack() throws Exception {
        Slow slow = new Slow();
        Journal journal = Journal.open(
                files,
                Journals.settings(true),
                slow.front(),
                Journals.counter(),
                slow.tables.state().start(),
                Journals.salts());
        journal.start();
        MessageId id = get(append(journal, SESSION, "a"));
        get(append(journal, SESSION, "b"));
        CompletionStage<Void> moved = journal.flush();
        holds(() -> slow.waiting() > 0);
        journal.submit(new StoreCommand.Acknowledge(SESSION, id));
        CompletableFuture<Void> done = new CompletableFuture<>();
        journal.submit(new StoreCommand.Barrier(SESSION, () -> done.complete(null)));
        get(done);
        assertThat(payloads(journal, slow.tables, SESSION)).containsExactly("b");
        slow.go();
        get(moved);

        assertThat(payloads(journal, slow.tables, SESSION)).containsExactly("b");
        get(journal.flush());
        assertThat(payloads(journal, slow.tables, SESSION)).containsExactly("b");
        journal.close(PATIENCE);
        assertThat(slow.tables.state().queues.get(SESSION)).hasSize(1);
    }

    @Test
    void theWriterWaitsForTablesThatDoNotKeepUp() throws Exception {
        Slow slow = new Slow();
        JournalSettings small = new JournalSettings(true, 20, 4_000, 20_000, 1 << 20, Duration.ofDays(1));
        Journal journal = Journal.open(
                files,
                small,
                slow.front(),
                Journals.counter(),
                slow.tables.state().start(),
                Journals.salts());
        journal.start();
        List<CompletableFuture<MessageId>> given = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            given.add(append(journal, SESSION, "x".repeat(500)));
        }
        StoreMetrics none = new StoreMetrics(0, 0, 0, 0, 0);
        holds(() -> journal.metrics(none).journal().waits() > 0);
        assertThat(journal.pendingBytes()).isPositive();
        assertThat(given.getLast().isDone()).isFalse();
        slow.go();
        for (CompletableFuture<MessageId> each : given) {
            get(each);
        }

        assertThat(Expected.drain(journal, slow.tables, SESSION, 50)).hasSize(given.size());
        journal.close(PATIENCE);
        assertThat(slow.tables.state().queues.get(SESSION)).hasSize(given.size());
    }

    private static void holds(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** Tables that take nothing until they are told to. */
    private static final class Slow {
        private final MemoryTables tables = new MemoryTables(Journals.empty(), null);
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean going;

        synchronized int waiting() {
            return waiting.size();
        }

        synchronized void go() {
            going = true;
            waiting.forEach(Runnable::run);
            waiting.clear();
        }

        Tables front() {
            return new SlowTables(this);
        }

        synchronized CompletionStage<Void> move(Move piece) {
            if (going) {
                return tables.move(piece);
            }
            CompletableFuture<Void> done = new CompletableFuture<>();
            waiting.add(() -> tables.move(piece).thenAccept(done::complete));
            return done;
        }
    }

    private record SlowTables(Slow slow) implements Tables {
        @Override
        public CompletionStage<Void> move(Move piece) {
            return slow.move(piece);
        }

        @Override
        public CompletionStage<Void> opened(long segment) {
            return slow.tables.opened(segment);
        }

        @Override
        public void force() {
            slow.tables.force();
        }

        @Override
        public Optional<MessageId> received(StoreCommand.InboundMark mark) {
            return slow.tables.received(mark);
        }

        @Override
        public Set<Long> missing(Set<Long> sessions) {
            return slow.tables.missing(sessions);
        }

        @Override
        public void append(StoreCommand.Append command) {
            slow.tables.append(command);
        }
    }
}
