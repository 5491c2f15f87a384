package dev.skein.persistence.trace;

import static dev.skein.persistence.trace.TraceFixture.BEGIN;
import static dev.skein.persistence.trace.TraceFixture.id;
import static dev.skein.persistence.trace.TraceFixture.pushed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.message.MessageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceStoreTest {
    private static final long SMALL = TraceSettings.BYTES_MIN;
    private static final Comparator<TraceRecord> BY_TIME = Comparator.comparingLong(TraceRecord::millis)
            .thenComparingInt(record -> record.step().code());

    @TempDir
    Path directory;

    @Test
    void everyFieldIsAsItWasWritten() throws IOException {
        List<TraceRecord> records = List.of(
                new TraceRecord(
                        BEGIN,
                        TraceStep.CONNECT,
                        TraceFixture.INSTANCE,
                        "GID_a@@@1",
                        null,
                        null,
                        "",
                        0,
                        TraceFixture.channel(-5),
                        "192.0.2.1:1883",
                        "MQTT",
                        1),
                new TraceRecord(
                        BEGIN + 1,
                        TraceStep.STORED,
                        TraceFixture.INSTANCE,
                        "GID_a@@@1",
                        id(2),
                        id(1),
                        "töpic/水",
                        2,
                        "",
                        "",
                        "x",
                        300),
                new TraceRecord(
                        BEGIN - 1,
                        TraceStep.DROPPED,
                        TraceFixture.INSTANCE,
                        "GID_a@@@1",
                        null,
                        null,
                        "a/b",
                        1,
                        "",
                        "",
                        "not_authorized",
                        1),
                new TraceRecord(
                        BEGIN + 3,
                        TraceStep.RECEIVED,
                        TraceFixture.INSTANCE,
                        "",
                        id(1),
                        null,
                        "a/b",
                        0,
                        "",
                        "",
                        "api",
                        1));
        try (TraceFixture trace = new TraceFixture(directory, SMALL)) {
            trace.append(records.toArray(TraceRecord[]::new));
            assertThat(trace.ofClient("GID_a@@@1")).containsExactly(records.get(2), records.get(0), records.get(1));
            assertThat(trace.ofMessage(id(1))).containsExactly(records.get(1), records.get(3));
            assertThat(trace.ofMessage(id(2))).containsExactly(records.get(1));
            assertThat(trace.ofClient("GID_a")).isEmpty();
            assertThat(trace.ofClient("")).isEmpty();
        }
    }

    @Test
    void aLongClientIdIsFoundByItsWholeLength() throws IOException {
        String ascii = "x".repeat(5000);
        String wide = "水".repeat(2000);
        try (TraceFixture trace = new TraceFixture(directory, SMALL)) {
            trace.append(pushed(BEGIN, ascii, id(1)), pushed(BEGIN, wide, id(2)));
            assertThat(trace.ofClient(ascii)).hasSize(1);
            assertThat(trace.ofClient(wide)).hasSize(1);
            assertThat(trace.ofClient(wide.substring(1000))).hasSize(1); // alike as far as records go
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsFoundIsWhatWasWrittenInTheOrderOfTime(long seed) throws IOException {
        Random random = new Random(seed);
        try (TraceFixture trace = new TraceFixture(directory, 64 << 20)) {
            long now = BEGIN + 100_000;
            long number = 0;
            for (int batch = 0; batch < 200; batch++) {
                List<TraceRecord> records = new ArrayList<>();
                for (int i = random.nextInt(1, 200); i > 0; i--) {
                    now += random.nextInt(3);
                    long lag = random.nextInt(10) == 0 ? random.nextInt(500) : 0;
                    records.add(pushed(now - lag, client(random), id(number++ / 3)));
                }
                if (random.nextInt(100) == 0) {
                    now -= 5000; // the clock was set back
                }
                trace.append(records.toArray(TraceRecord[]::new));
                if (random.nextInt(60) == 0) {
                    trace.reopen();
                }
            }
            for (int i = 0; i < 12; i++) {
                check(trace, random, seed, number, now);
            }
        }
    }

    private static void check(TraceFixture trace, Random random, long seed, long number, long now) throws IOException {
        String client = client(random);
        long from = BEGIN + random.nextLong(now - BEGIN);
        long to = from + random.nextLong(now - BEGIN);
        boolean newestFirst = random.nextBoolean();
        int limit = random.nextInt(1, 60);
        TraceQuery query =
                new TraceQuery(TraceFixture.INSTANCE, client, List.of(), Set.of(), from, to, null, limit, newestFirst);
        List<TraceRecord> found = trace.all(query, random.nextBoolean());
        List<TraceRecord> expected = trace.expected(
                        record -> record.clientId().equals(client) && record.millis() >= from && record.millis() <= to)
                .toList();
        assertThat(found).as("seed %d: %s", seed, query).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(found).as("seed %d", seed).isSortedAccordingTo(newestFirst ? BY_TIME.reversed() : BY_TIME);
        MessageId id = id(random.nextLong(number / 3));
        assertThat(trace.ofMessage(id))
                .as("seed %d: %s", seed, id)
                .containsExactlyInAnyOrderElementsOf(
                        trace.expected(record -> id.equals(record.message())).toList());
    }

    /** Some are in nearly every batch, most in few. */
    private static String client(Random random) {
        return "client-" + (int) Math.pow(random.nextInt(30), 2 + random.nextInt(2));
    }

    @Test
    void manyKeysAreFoundInAnIndexOfManyBlocks() throws IOException {
        try (TraceFixture trace = new TraceFixture(directory, 64 << 20)) {
            for (int i = 0; i < 20; i++) {
                int at = i * 1000;
                trace.append(IntStream.range(at, at + 1000)
                        .mapToObj(n -> pushed(BEGIN + n, "hot" + n % 3, id(n)))
                        .toArray(TraceRecord[]::new));
            }
            trace.reopen();
            for (int n = 0; n < 20_000; n += 7) {
                assertThat(trace.ofMessage(id(n))).hasSize(1);
            }
            assertThat(trace.ofClient("hot0")).hasSize(6667);
            assertThat(trace.ofMessage(id(20_001))).isEmpty();
        }
    }

    @Test
    void theOldestFilesGoWhenThereAreTooManyBytes() throws IOException {
        try (TraceFixture trace = new TraceFixture(directory, SMALL)) {
            for (int i = 0; i < 120_000; i += 200) {
                int at = i;
                trace.append(IntStream.range(at, at + 200)
                        .mapToObj(n -> pushed(BEGIN + n, "c" + n % 10, id(n)))
                        .toArray(TraceRecord[]::new));
                assertThat(bytes()).isLessThanOrEqualTo(SMALL);
            }
            assertThat(trace.ofMessage(id(119_999))).hasSize(1);
            assertThat(trace.ofMessage(id(0))).isEmpty();
            assertThat(bytes()).isGreaterThan(SMALL * 3 / 4);
            assertThat(trace.store().bytes()).isBetween(SMALL * 3 / 4, SMALL);
        }
    }

    private long bytes() throws IOException {
        try (var files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    void filesThatAreTooOldGo() throws IOException {
        long age = TraceFixture.AGE.toMillis();
        try (TraceFixture trace = new TraceFixture(directory, SMALL)) {
            trace.append(pushed(BEGIN, "c", id(1)));
            trace.reopen();
            trace.append(pushed(BEGIN + age / 2, "c", id(2)));
            trace.store().keepWithin(BEGIN + age);
            assertThat(trace.ofClient("c")).hasSize(2);
            trace.store().keepWithin(BEGIN + age + 1);
            assertThat(trace.ofClient("c")).hasSize(1);
        }
    }

    @Test
    void aFileIsNotWrittenToForAllOfTheAge() throws IOException {
        long part = TraceFixture.AGE.toMillis() / 24;
        try (TraceFixture trace = new TraceFixture(directory, SMALL)) {
            trace.append(pushed(BEGIN, "c", id(1)));
            trace.append(pushed(BEGIN + part + 1, "c", id(2)));
            trace.append(pushed(BEGIN + part + 2, "c", id(3)));
            assertThat(directory.toFile().list((_, name) -> name.endsWith(".trace")))
                    .hasSize(2);
        }
    }

    @Test
    void nobodyElseReadsTheDirectory() throws IOException {
        Path made = directory.resolve("a").resolve("b");
        try (TraceFixture trace = new TraceFixture(made, SMALL)) {
            assertThat(trace.written()).isEmpty();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void oneProcessHasADirectory() throws IOException {
        TraceSettings settings = new TraceSettings(directory, SMALL, Duration.ofHours(1));
        try (TraceFixture trace = new TraceFixture(directory, SMALL)) {
            assertThat(trace.written()).isEmpty();
            assertThatThrownBy(() -> TraceStore.open(settings, 1)).hasMessageContaining("in use by another process");
        }
    }

    @Test
    void aBatchThatIsFullTakesNoMoreAndKeepsWhatItHas() {
        TraceBatch batch = new TraceBatch(1 << 12);
        int taken = 0;
        while (TraceFixture.put(batch, pushed(BEGIN + taken, "client", id(taken)))) {
            taken++;
        }
        assertThat(batch.records()).isEqualTo(taken);
        assertThat(taken).isGreaterThan(40);
        batch.seal(1);
        BatchReader reader = new BatchReader(batch.bytes(), batch.length());
        for (int i = 0; i < taken; i++) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.record().message()).isEqualTo(id(i));
        }
        assertThat(reader.next()).isFalse();
    }
}
