package dev.skein.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.OnceMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreCommand.WillMark;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreRefusedException;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Mistakes and single records that never get anywhere: they stop nothing else, and are told. */
class PoisonTest {
    private static final long SESSION = Workload.SESSIONS.getFirst();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String FIRST = Segment.name(1);

    private final CutFiles files = new CutFiles();
    private final MemoryTables tables = new MemoryTables(Journals.empty(), null);

    private Journal open(Function<Move, @Nullable CompletionStage<Void>> fault, List<Long> exchanging) {
        return Journal.open(
                files,
                Journals.settings(true),
                new Faulty(tables, fault),
                Journals.counter(),
                new Journal.Start(0, FileRange.NONE, exchanging),
                Journals.salts());
    }

    private static CompletableFuture<MessageId> append(Journal journal, String payload, @Nullable OnceMark mark) {
        CompletableFuture<MessageId> done = new CompletableFuture<>();
        journal.submit(new StoreCommand.Append(
                "default",
                "t",
                Content.of(payload.getBytes(UTF_8)),
                Origin.UNKNOWN,
                List.of(new Receiver(SESSION, 1)),
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
        return done;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static List<String> payloads(Journal journal, MemoryTables tables) {
        return Expected.drain(journal, tables, SESSION, 100).stream()
                .map(QueuedMessage::payload)
                .map(payload -> new String(payload, UTF_8))
                .toList();
    }

    private static boolean has(Move piece, String payload) {
        return piece.messages().stream()
                .anyMatch(message -> new String(message.body().content().payload(), UTF_8).equals(payload));
    }

    private static long damages(Journal journal) {
        return journal.metrics(new StoreMetrics(0, 0, 0, 0, 0)).journal().damages();
    }

    @Test
    void aMessageThatTheTablesRefuseIsSetAsideAndTheOthersGoOn() throws Exception {
        Journal journal = open(
                piece -> has(piece, "bad")
                        ? CompletableFuture.failedFuture(new StoreRefusedException("no", new IllegalStateException()))
                        : null,
                List.of());
        journal.start();
        for (String payload : List.of("a", "b", "bad", "c")) {
            get(append(journal, payload, null));
        }
        get(journal.flush());

        assertThat(payloads(journal, tables)).containsExactly("a", "b", "c");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (journal.problem().isPresent()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(damages(journal)).isEqualTo(1);
        assertThat(journal.damage().orElse("")).contains(FIRST);
        journal.close(PATIENCE);
        assertThat(files.list()).containsExactly(FIRST + Segment.DAMAGED);
        assertThat(tables.state().queues.get(SESSION)).hasSize(3);
    }

    /** It is not the message then. */
    @Test
    void tablesThatRefuseEverythingTakeNothingFromTheJournal() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Journal journal = open(
                _ -> refused.incrementAndGet() < 6
                        ? CompletableFuture.failedFuture(new StoreRefusedException("no", new IllegalStateException()))
                        : null,
                List.of());
        journal.start();
        get(append(journal, "a", null));
        get(append(journal, "b", null));
        get(journal.flush());

        assertThat(damages(journal)).isZero();
        journal.close(PATIENCE);
        assertThat(files.list()).isEmpty();
        assertThat(tables.state().queues.get(SESSION)).hasSize(2);
    }

    /** Refused with others, and once alone: something was in its way, and it is not the message. */
    @Test
    void aMessageThatTheTablesRefuseForAMomentIsNotGivenUp() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Journal journal = open(
                piece -> has(piece, "b") && refused.incrementAndGet() <= 2
                        ? CompletableFuture.failedFuture(new StoreRefusedException("no", new IllegalStateException()))
                        : null,
                List.of());
        journal.start();
        for (String payload : List.of("a", "b", "c")) {
            get(append(journal, payload, null));
        }
        get(journal.flush());

        assertThat(refused.get()).isEqualTo(3);
        assertThat(damages(journal)).isZero();
        assertThat(payloads(journal, tables)).containsExactly("a", "b", "c");
        journal.close(PATIENCE);
        assertThat(files.list()).isEmpty();
    }

    /** Behind it is no record by which the scan would know that something is missing. */
    @Test
    void aDamagedEndOfAFileIsToldWhenItIsMoved() throws Exception {
        Journal journal = open(_ -> null, List.of());
        journal.start();
        for (String payload : List.of("a", "b", "last")) {
            get(append(journal, payload, null));
        }
        files.content(FIRST).flip("last");
        get(journal.flush());

        assertThat(damages(journal)).isEqualTo(1);
        assertThat(journal.damage().orElse("")).contains(FIRST);
        assertThat(payloads(journal, tables)).containsExactly("a", "b");
        journal.close(PATIENCE);
        assertThat(files.list()).containsExactly(FIRST + Segment.DAMAGED);
    }

    @Test
    void aMistakeDoesNotEndTheMoving() throws Exception {
        AtomicInteger mistakes = new AtomicInteger();
        Journal journal = open(
                _ -> {
                    switch (mistakes.incrementAndGet()) {
                        case 1 -> throw new IllegalArgumentException("a mistake");
                        case 2 -> throw new AssertionError("another");
                        default -> {
                            return null;
                        }
                    }
                },
                List.of());
        journal.start();
        get(append(journal, "a", null));
        get(journal.flush());

        assertThat(payloads(journal, tables)).containsExactly("a");
        journal.close(PATIENCE);
        assertThat(tables.state().queues.get(SESSION)).hasSize(1);
    }

    @Test
    void whoWaitsForAWriterThatEndsIsTold() {
        Journal journal = open(_ -> null, List.of(SESSION));
        journal.start();
        CompletableFuture<MessageId> given = append(journal, "a", new InboundMark(SESSION, Faulty.UNLUCKY));

        assertThatThrownBy(() -> get(given))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> get(append(journal, "b", null)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreUnavailableException.class);
        journal.close(PATIENCE);
        assertThat(journal.problem().orElse("")).contains("a mistake");
        assertThat(journal.pendingBytes()).isZero();
    }

    /** Moving does not free what is noted of them: the writer would wait for ever. */
    @Test
    void sessionsWithExchangesInTheTablesAreNothingToWaitFor() throws Exception {
        Journal journal =
                open(_ -> null, LongStream.range(1_000, 11_000).boxed().toList());
        journal.start();
        get(append(journal, "a", null));
        journal.close(PATIENCE);
        assertThat(tables.state().queues.get(SESSION)).hasSize(1);
    }

    @Test
    void aRecordThatSaysNothingDoesNotKeepTheStoreFromStarting() throws Exception {
        Segment segment = Segment.create(files, 1, 1, 7);
        RecordBuffer records = new RecordBuffer();
        records.clear(7);
        RecordCodec.group(records, 1, Segment.HEADER);
        int start = records.begin(2, RecordCodec.GROUP);
        records.putByte(0);
        records.end(start);
        segment.append(records.bytes());
        Journal journal = open(_ -> null, List.of());
        journal.start();
        get(append(journal, "a", null));

        assertThat(journal.damage().orElse("")).contains(FIRST);
        assertThat(payloads(journal, tables)).containsExactly("a");
        journal.close(PATIENCE);
        assertThat(files.list()).containsExactly(FIRST + Segment.DAMAGED);
    }

    @Test
    void aPlaceThatTheDiskDoesNotGiveCostsWhatStandsThere() throws Exception {
        JournalSettings settings = new JournalSettings(true, 20, 1 << 20, 4 << 20, 1 << 20, Duration.ofDays(1));
        Journal killed = Journal.open(
                files, settings, tables, Journals.counter(), tables.state().start(), Journals.salts());
        killed.start();
        for (String payload : List.of("a", "bad".repeat(5_000), "c", "d")) {
            get(append(killed, payload, null));
        }
        CutFiles left = files.copy();
        left.content(FIRST).spoil(4096, 8192);
        MemoryTables none = new MemoryTables(Journals.empty(), null);
        Journal journal = Journal.open(
                left, settings, none, Journals.counter(), none.state().start(), Journals.salts());
        journal.start();

        assertThat(journal.damage().orElse("")).contains(FIRST);
        assertThat(payloads(journal, none)).containsExactly("a", "c", "d");
        get(journal.flush());
        assertThat(payloads(journal, none)).containsExactly("a", "c", "d");
        journal.close(PATIENCE);
        killed.close(PATIENCE);
    }

    /** A will goes to the tables by itself; what is told behind a barrier is told behind it. */
    @Test
    void aBarrierWaitsForAWillThatIsOnItsWayToTheTables() throws Exception {
        Journal journal = open(_ -> null, List.of());
        journal.start();
        List<String> order = new CopyOnWriteArrayList<>();
        CompletableFuture<MessageId> will = append(journal, "will", new WillMark(1, 1));
        CompletionStage<Void> published = will.thenAccept(_ -> order.add("will"));
        CompletableFuture<Void> passed = new CompletableFuture<>();
        journal.submit(new StoreCommand.Barrier(SESSION, () -> {
            order.add("barrier");
            passed.complete(null);
        }));
        get(append(journal, "a", null)); // the barrier was reached
        Faulty.WILLS.remove().listener().committed(new MessageId(1, 0));
        get(passed);
        get(published);

        assertThat(order).containsExactly("will", "barrier");
        journal.close(PATIENCE);
    }

    /** Tables in memory, of which some things fail. */
    private record Faulty(MemoryTables tables, Function<Move, @Nullable CompletionStage<Void>> fault)
            implements Tables {
        /** Given by the one test that has any. */
        static final Queue<StoreCommand.Append> WILLS = new ConcurrentLinkedQueue<>();

        /** A packet identifier that nobody asks about with success. */
        static final int UNLUCKY = 13;

        @Override
        public CompletionStage<Void> move(Move piece) {
            CompletionStage<Void> failed = fault.apply(piece);
            return failed == null ? tables.move(piece) : failed;
        }

        @Override
        public CompletionStage<Void> opened(long segment) {
            return tables.opened(segment);
        }

        @Override
        public void force() {
            tables.force();
        }

        @Override
        public Optional<MessageId> received(InboundMark mark) {
            if (mark.packetId() == UNLUCKY) {
                throw new AssertionError("a mistake");
            }
            return tables.received(mark);
        }

        @Override
        public Set<Long> missing(Set<Long> sessions) {
            return tables.missing(sessions);
        }

        @Override
        public void append(StoreCommand.Append command) {
            WILLS.add(command);
        }
    }
}
