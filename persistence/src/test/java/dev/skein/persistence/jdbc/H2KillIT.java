package dev.skein.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.contract.TestStores;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was reported as committed is there after SIGKILL at any moment. */
class H2KillIT {
    private static final int ROUNDS = 5;

    @TempDir
    private Path directory;

    private final Random random = new Random(20261121);
    private StoreDurability durability = StoreDurability.DISK;

    @ParameterizedTest
    @EnumSource
    void everyReportedCommitOutlivesSigkill(StoreDurability durability) throws Exception {
        this.durability = durability;
        int reported = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int sinceStart = writeAndKill(reported + 1, 300 + random.nextInt(6_000));
            assertThat(sinceStart).isGreaterThan(reported);
            reported = check(sinceStart);
        }
    }

    /** Starts a writer, kills it after {@code count} reports; returns the last number reported. */
    private int writeAndKill(int first, int count) throws IOException, InterruptedException {
        Process writer = KilledWriter.process(directory, durability, first, 256)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int last = 0;
        try (BufferedReader reports = writer.inputReader(StandardCharsets.UTF_8)) {
            int seen = 0;
            for (String line = reports.readLine(); line != null; line = reports.readLine()) {
                if (line.chars().allMatch(Character::isDigit)) { // not a log line, not torn by the kill below
                    last = Integer.parseInt(line);
                    if (++seen == count) {
                        writer.destroyForcibly(); // SIGKILL; reports in the pipe still count
                        break;
                    }
                }
            }
            assertThat(seen).isEqualTo(count);
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        return last;
    }

    /** Everything up to {@code reported} is there, in order, once; returns the last number found. */
    private int check(int reported) {
        try (JdbcStores stores = JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                3,
                TestStores.settings().with(durability),
                InstantSource.system(),
                (_, _, _) -> {})) {
            List<Integer> one = numbers(stores, "one");
            List<Integer> two = numbers(stores, "two");
            assertThat(one).isSorted().doesNotHaveDuplicates();
            assertThat(two).isSorted().doesNotHaveDuplicates().allMatch(number -> number % 2 == 1);
            int last = Math.max(one.getLast(), two.getLast());
            assertThat(last).isGreaterThanOrEqualTo(reported - 2);
            List<Integer> unacknowledged =
                    one.stream().filter(number -> number % 3 != 0).toList();
            assertThat(unacknowledged).hasSize(count(last, 1, 3) + count(last, 2, 3));
            assertThat(two).hasSize(count(last, 1, 2));
            return last;
        }
    }

    /** Numbers 1..last that leave {@code rest} when divided by {@code by}. */
    private static int count(int last, int rest, int by) {
        return last < rest ? 0 : (last - rest) / by + 1;
    }

    private static List<Integer> numbers(JdbcStores stores, String clientId) {
        List<QueuedMessage> queue = TestStores.drain(
                stores.messages(), TestStores.session(stores, clientId).id(), 1000);
        return queue.stream()
                .map(message -> ByteBuffer.wrap(message.payload()).getInt())
                .toList();
    }
}
