package dev.skein.persistence.trace;

import static dev.skein.persistence.trace.TraceFixture.BEGIN;
import static dev.skein.persistence.trace.TraceFixture.id;
import static dev.skein.persistence.trace.TraceFixture.pushed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What disks and ends of processes do to the files. */
class TraceDamageTest {
    private static final long BYTES = TraceSettings.BYTES_MIN;
    private static final int BATCHES = 40;

    @TempDir
    Path directory;

    private Path first() {
        return directory.resolve("000000000001.trace");
    }

    private Path index() {
        return directory.resolve("000000000001.index");
    }

    private void write() throws IOException {
        try (TraceFixture trace = new TraceFixture(directory, BYTES)) {
            for (int i = 0; i < BATCHES; i++) {
                trace.append(pushed(BEGIN + i, "c", id(i)), pushed(BEGIN + i, "d", id(i)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anEndThatIsTornIsCutOff(long seed) throws IOException {
        write();
        Random random = new Random(seed);
        long length = Files.size(first());
        long batch = (length - TraceSegment.HEADER) / BATCHES;
        long end = TraceSegment.HEADER + random.nextLong(length - TraceSegment.HEADER);
        try (RandomAccessFile file = new RandomAccessFile(first().toFile(), "rw")) {
            file.setLength(end);
            if (random.nextBoolean()) {
                file.seek(end);
                file.write(new byte[100]);
            }
        }
        try (TraceFixture trace = new TraceFixture(directory, BYTES)) {
            int whole = (int) ((end - TraceSegment.HEADER) / batch);
            assertThat(trace.ofClient("c")).as("seed %d", seed).hasSize(whole);
            assertThat(Files.size(first())).isEqualTo(TraceSegment.HEADER + whole * batch);
            trace.append(pushed(BEGIN + BATCHES, "c", id(BATCHES)));
            trace.reopen();
            assertThat(trace.ofClient("c")).hasSize(whole + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aBatchThatIsDamagedIsNamedAndPassedOver(long seed) throws IOException {
        write();
        Random random = new Random(seed);
        long length = Files.size(first());
        long batch = (length - TraceSegment.HEADER) / BATCHES;
        long at = TraceSegment.HEADER + random.nextLong(length - TraceSegment.HEADER - batch);
        flip(first(), at);
        boolean indexed = random.nextBoolean();
        if (!indexed) {
            Files.delete(index());
        }
        try (TraceFixture trace = new TraceFixture(directory, BYTES)) {
            TracePage page = trace.store().find(TraceFixture.query("c", List.of(), 100, false), () -> false);
            assertThat(page.found()).as("seed %d", seed).hasSize(BATCHES - 1);
            if (indexed) {
                assertThat(page.damaged()).containsExactly(first().getFileName().toString());
            }
        }
    }

    @Test
    void anIndexThatIsDamagedIsNamedAndItsFileIsReadAsAWhole() throws IOException {
        write();
        flip(index(), 4096 + 11);
        try (TraceFixture trace = new TraceFixture(directory, BYTES)) {
            TracePage page = trace.store().find(TraceFixture.query("c", List.of(), 100, true), () -> false);
            assertThat(page.found()).hasSize(BATCHES);
            assertThat(page.damaged()).containsExactly(index().getFileName().toString());
        }
    }

    @Test
    void anIndexIsMadeAgainWhenItIsGoneOrItsHeadIsDamaged() throws IOException {
        write();
        flip(index(), 9);
        try (TraceFixture trace = new TraceFixture(directory, BYTES)) {
            assertThat(trace.ofClient("d")).hasSize(BATCHES);
            Files.delete(index());
            trace.reopen();
            assertThat(trace.ofMessage(id(3))).hasSize(2);
            assertThat(index()).exists();
        }
    }

    @Test
    void aFileWithoutAHeaderIsSetAside() throws IOException {
        write();
        flip(first(), 3);
        Files.delete(index());
        try (TraceFixture trace = new TraceFixture(directory, BYTES)) {
            assertThat(trace.ofClient("c")).isEmpty();
            assertThat(directory.resolve("000000000001.trace.damaged")).exists();
            trace.append(pushed(BEGIN, "c", id(1)));
            assertThat(trace.ofClient("c")).hasSize(1);
        }
    }

    private static void flip(Path path, long at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int before = file.read();
            file.seek(at);
            file.write(before ^ 0x40);
        }
    }
}
