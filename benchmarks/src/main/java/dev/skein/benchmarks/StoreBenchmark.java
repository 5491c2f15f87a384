package dev.skein.benchmarks;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.JdbcStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Appends to the message store on H2, {@value #UNDER_WAY} at a time, each until its commit, and acknowledges them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StoreBenchmark {
    private static final int UNDER_WAY = 1000;
    private static final int BATCH = 1000;
    private static final long DEADLINE_SECONDS = 60;
    private static final long UNBOUNDED = 1L << 33;

    /** Payload bytes. */
    @Param({"64", "1024"})
    public int size;

    private byte[] payload = {};
    private @Nullable Path directory;
    private @Nullable JdbcStores stores;
    private List<Receiver> receivers = List.of();
    private long session;

    /** An empty database with one session. */
    @Setup
    public void open() throws Exception {
        payload = new byte[size];
        directory = Files.createTempDirectory("skein-bench");
        StoreSettings settings =
                new StoreSettings(Duration.ofDays(3), 100_000_000, UNBOUNDED, Duration.ofDays(1), BATCH, "one");
        JdbcStores opened = JdbcStores.open(
                JdbcStores.h2Url(directory), "sa", "", 4, settings, InstantSource.system(), (a, b, c) -> {});
        stores = opened;
        session = opened.sessions()
                .create(new SessionKey("default", "bench"), null, 1)
                .toCompletableFuture()
                .get(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .id();
        receivers = List.of(new Receiver(session, 1));
    }

    /** Time for each message. */
    @Benchmark
    @OperationsPerInvocation(UNDER_WAY)
    public void appendAndAcknowledge() throws InterruptedException {
        JdbcStores open = Objects.requireNonNull(stores);
        CountDownLatch committed = new CountDownLatch(UNDER_WAY);
        StoreCommand.AppendListener listener = new StoreCommand.AppendListener() {
            @Override
            public void committed(MessageId id) {
                open.messages().submit(new StoreCommand.Acknowledge(session, id));
                committed.countDown();
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
        for (int i = 0; i < UNDER_WAY; i++) {
            open.messages()
                    .submit(new StoreCommand.Append(
                            "default",
                            "bench/device/state",
                            Content.of(payload),
                            Origin.UNKNOWN,
                            receivers,
                            null,
                            listener));
        }
        if (!committed.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("commits: " + committed.getCount() + " missing (expected: all)");
        }
    }

    /** Closes and deletes the database. */
    @TearDown
    public void close() throws IOException {
        Objects.requireNonNull(stores).close();
        try (Stream<Path> files = Files.walk(Objects.requireNonNull(directory))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
