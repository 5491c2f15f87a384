package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;

/**
 * How fast the stores write, acknowledge and page; not part of the build. Arguments: {@code h2} (with settings to add
 * to its URL) or {@code postgres}, then rows, sessions, payload bytes, commands in flight.
 */
final class StoreBenchmark {
    private static final int PAGE = 100;
    private static final int SHARED_RECEIVERS = 100;

    private final JdbcStores stores;
    private final int rows;
    private final int window;
    private final byte[] payload;
    private final List<StoredSession> sessions;

    private StoreBenchmark(JdbcStores stores, int rows, int sessions, int payloadBytes, int window) {
        this.stores = stores;
        this.rows = rows;
        this.window = window;
        this.payload = new byte[payloadBytes];
        List<StoredSession> made = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            made.add(TestStores.session(stores, "bench" + i));
        }
        this.sessions = made;
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("target"), "bench");
        boolean h2 = arguments[0].startsWith("h2");
        String url = h2 ? JdbcStores.h2Url(directory) + arguments[0].substring(2) : Postgres.emptyDatabase();
        int batch = Integer.getInteger("batch", 1000);
        StoreSettings settings =
                new StoreSettings(Duration.ofDays(3), 1L << 40, 1L << 40, Duration.ofSeconds(10), batch, "one");
        try (JdbcStores stores =
                JdbcStores.open(url, "postgres", "", 4, settings, InstantSource.system(), (_, _, _) -> {})) {
            StoreBenchmark benchmark = new StoreBenchmark(
                    stores,
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    Integer.parseInt(arguments[3]),
                    Integer.parseInt(arguments[4]));
            for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
                if (Boolean.getBoolean("steady")) {
                    benchmark.steady(directory, round);
                } else {
                    benchmark.round(directory);
                }
            }
        }
        long started = System.nanoTime();
        try (JdbcStores _ =
                JdbcStores.open(url, "postgres", "", 4, settings, InstantSource.system(), (_, _, _) -> {})) {
            print(String.format(Locale.ROOT, "reopen %d ms, file %.1f MB", millis(started), megabytes(directory)));
        }
    }

    private void round(Path directory) {
        AtomicReferenceArray<MessageId> ids = new AtomicReferenceArray<>(rows);
        long commits = stores.metrics().commits();
        double append = rate(rows, () -> append(rows, this::one, (id, i) -> ids.set(i, id)));
        long appendCommits = stores.metrics().commits() - commits;
        double file = megabytes(directory);
        double page = rate(rows, this::page);
        double ack = rate(rows, () -> acknowledge(ids));
        double mixed = rate(rows, () -> mixed(ids));
        int messages = rows / SHARED_RECEIVERS;
        double shared = rate(messages * SHARED_RECEIVERS, () -> append(messages, this::many, (_, _) -> {}));
        print(String.format(
                Locale.ROOT,
                "append %.0f/s (%.0f a commit)  page %.0f/s  ack %.0f/s  append+ack %.0f/s  shared rows %.0f/s"
                        + "  file %.1f MB, at end %.1f MB",
                append,
                (double) rows / appendCommits,
                page,
                ack,
                mixed,
                shared,
                file,
                megabytes(directory)));
        sessions.forEach(session -> TestStores.get(stores.sessions().delete(session)));
        for (int i = 0; i < sessions.size(); i++) {
            sessions.set(i, TestStores.get(stores.sessions().create(new SessionKey("default", "bench" + i), null, 1)));
        }
        TestStores.get(stores.sweepNow());
    }

    /** A tenth of the messages stays, every other is acknowledged at once: does the file go on growing? */
    private void steady(Path directory, int round) {
        double rate = rate(
                rows,
                () -> append(rows, this::one, (id, i) -> {
                    if (i % 10 != 0 || round > 5) {
                        stores.messages().submit(new StoreCommand.Acknowledge(session(i), id));
                    }
                }));
        print(String.format(Locale.ROOT, "append+ack %.0f/s  file %.1f MB", rate, megabytes(directory)));
    }

    private long session(int i) {
        return sessions.get(i % sessions.size()).id();
    }

    /** Gives {@code count} appends to the store, {@link #window} at a time. */
    private void append(int count, IntFunction<List<Receiver>> receivers, ObjIntConsumer<MessageId> committed) {
        Semaphore free = new Semaphore(window);
        for (int i = 0; i < count; i++) {
            int number = i;
            free.acquireUninterruptibly();
            StoreCommand.AppendListener listener = new StoreCommand.AppendListener() {
                @Override
                public void committed(MessageId id) {
                    committed.accept(id, number);
                    free.release();
                }

                @Override
                public void repeated(MessageId first) {
                    throw new IllegalStateException("repeated (expected: never, there are no marks)");
                }

                @Override
                public void failed(StoreUnavailableException cause) {
                    throw cause;
                }
            };
            stores.messages()
                    .submit(new StoreCommand.Append(
                            "default",
                            "bench/topic",
                            Content.of(payload),
                            Origin.UNKNOWN,
                            receivers.apply(i),
                            null,
                            listener));
        }
        free.acquireUninterruptibly(window);
        TestStores.flush(stores.messages());
    }

    private void acknowledge(AtomicReferenceArray<MessageId> ids) {
        for (int i = 0; i < rows; i++) {
            stores.messages().submit(new StoreCommand.Acknowledge(session(i), ids.get(i)));
            if (i % window == 0) {
                TestStores.flush(stores.messages());
            }
        }
        TestStores.flush(stores.messages());
    }

    private List<Receiver> one(int i) {
        return List.of(new Receiver(session(i), 1));
    }

    private List<Receiver> many(int i) {
        List<Receiver> receivers = new ArrayList<>();
        for (int receiver = 0; receiver < SHARED_RECEIVERS; receiver++) {
            receivers.add(new Receiver(session(i + receiver), 1));
        }
        return receivers;
    }

    /** Each message is acknowledged as soon as it is committed, as for subscribers that keep up. */
    private void mixed(AtomicReferenceArray<MessageId> ids) {
        append(rows, this::one, (id, i) -> {
            ids.set(i, id);
            stores.messages().submit(new StoreCommand.Acknowledge(session(i), id));
        });
    }

    private void page() {
        for (StoredSession session : sessions) {
            QueueCursor cursor = new QueueCursor();
            boolean more = true;
            while (more) {
                QueuePage page = TestStores.get(stores.messages().page(session.id(), cursor, PAGE, 1 << 20));
                page.messages().forEach(message -> cursor.advance(message.id()));
                more = page.more();
            }
        }
    }

    private static double rate(int count, Runnable work) {
        long started = System.nanoTime();
        work.run();
        return count * 1e9 / (System.nanoTime() - started);
    }

    private static long millis(long started) {
        return Duration.ofNanos(System.nanoTime() - started).toMillis();
    }

    private static double megabytes(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(path -> path.toFile().length()).sum() / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void print(String line) {
        System.out.println(line); // house: RegexpSinglelineJava: a command line
    }
}
