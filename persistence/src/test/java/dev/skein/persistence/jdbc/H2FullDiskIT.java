package dev.skein.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.MessageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full disk acknowledges nothing, and the store serves again, with everything, when there is space. */
class H2FullDiskIT {
    /** Room for the messages twice: while they move from the journal to the tables they are in both. */
    private static final int FILE_SYSTEM_MEGABYTES = 64;

    private static final int PAYLOAD_BYTES = 20_000;
    private static final int MESSAGES = 600;

    @TempDir
    private Path mount;

    private boolean mounted;
    private StoreDurability durability = StoreDurability.DISK;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + FILE_SYSTEM_MEGABYTES + "m", "tmpfs", mount.toString());
        assumeTrue(mounted, "needs the right to mount a tmpfs");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", mount.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsAcknowledgedWhileTheDiskIsFullAndEverythingIsThereAfterwards(StoreDurability durability)
            throws Exception {
        this.durability = durability;
        Path ballast = mount.resolve("ballast");
        Files.write(ballast, new byte[(FILE_SYSTEM_MEGABYTES - 6) << 20]);
        List<CompletableFuture<MessageId>> outcomes = new ArrayList<>();
        // What else in the process holds connections, as the journal does, must not stand in the way.
        try (JdbcStores stores = open();
                Connection journal = DriverManager.getConnection(JdbcStores.h2Url(mount), "skein", "")) {
            StoredSession session = TestStores.session(stores, "full");
            IntStream.range(0, MESSAGES).forEach(i -> outcomes.add(append(stores, session, i)));
            Eventually.holds(() -> stores.problem().isPresent());
            assertThat(stores.messages().pendingBytes()).isPositive();
            long committed = outcomes.stream().filter(CompletableFuture::isDone).count();
            assertThat(committed).isLessThan(outcomes.size());

            Files.delete(ballast);
            for (CompletableFuture<MessageId> outcome : outcomes) {
                assertThat(outcome.get(60, TimeUnit.SECONDS)).isNotNull();
            }
            Eventually.holds(() -> stores.problem().isEmpty());
            assertThat(numbers(stores, session))
                    .hasSize(outcomes.size())
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(stores.metrics().failures()).isPositive();
            assertThat(stores.messages().pendingBytes()).isZero();
            if (durability == StoreDurability.DATABASE) { // a journal keeps what fails away from H2
                assertThat(stillAnswers(journal)).isFalse();
            }
        }
        try (JdbcStores again = open()) {
            assertThat(numbers(again, TestStores.session(again, "full"))).hasSize(outcomes.size());
        }
    }

    private static boolean stillAnswers(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("SELECT COUNT(*) FROM skein_queue");
        } catch (SQLException e) {
            return false;
        }
    }

    private JdbcStores open() {
        return JdbcStores.open(
                JdbcStores.h2Url(mount),
                "skein",
                "",
                3,
                TestStores.settings().with(durability),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    private static CompletableFuture<MessageId> append(JdbcStores stores, StoredSession session, int number) {
        byte[] payload = new byte[PAYLOAD_BYTES];
        payload[0] = (byte) (number >> 8);
        payload[1] = (byte) number;
        return TestStores.append(stores.messages(), session, payload);
    }

    private static List<Integer> numbers(JdbcStores stores, StoredSession session) {
        return TestStores.drain(stores.messages(), session.id(), 100).stream()
                .map(message -> (message.payload()[0] & 0xFF) << 8 | (message.payload()[1] & 0xFF))
                .toList();
    }
}
