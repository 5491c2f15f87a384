package dev.skein.persistence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A start reads all that a killed process has left of its journal, here without anything in the tables. Tells how long
 * that took: {@code -Dskein.journal.mib=1024} for a journal that is larger than one ever gets.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class JournalStartTest {
    private static final Logger LOG = LoggerFactory.getLogger(JournalStartTest.class);
    private static final long BYTES = Long.getLong("skein.journal.mib", 40) << 20;
    private static final int PAYLOAD = Integer.getInteger("skein.journal.payload", 1_000);
    private static final int WINDOW = 1_000;
    private static final JournalSettings SETTINGS =
            new JournalSettings(false, WINDOW, 32L << 20, 2 * BYTES, 1L << 30, Duration.ofDays(1));

    @TempDir
    private Path directory;

    @Test
    void aStartReadsWhatAKilledProcessHasLeft() throws Exception {
        MemoryTables tables = new MemoryTables(Journals.empty(), null);
        tables.stall();
        DiskFiles files = new DiskFiles(directory);
        Journal killed = Journal.open(
                files, SETTINGS, tables, Journals.counter(), tables.state().start(), Journals.salts());
        killed.start();
        List<Long> sessions = List.copyOf(Workload.SESSIONS);
        long messages = BYTES / (PAYLOAD + 100);
        fill(killed, sessions, messages);
        long written = killed.metrics(new StoreMetrics(0, 0, 0, 0, 0)).journal().bytes();

        long began = System.nanoTime();
        Journal journal = Journal.open(
                files, SETTINGS, tables, Journals.counter(), tables.state().start(), Journals.salts());
        journal.start();
        long nanos = System.nanoTime() - began;
        LOG.info("a journal of {} MiB, {} messages, is read in {} ms", written >> 20, messages, nanos / 1_000_000);

        long queued = 0;
        for (long session : sessions) {
            queued += journal.depth(session, tables.queue(session));
        }
        assertThat(queued).isEqualTo(messages);
        assertThat(journal.damage()).isEmpty();
        journal.close(Duration.ZERO);
        killed.close(Duration.ZERO);
    }

    private static void fill(Journal journal, List<Long> sessions, long messages) throws Exception {
        Semaphore free = new Semaphore(WINDOW);
        AtomicReference<StoreUnavailableException> failure = new AtomicReference<>();
        Content content = Content.of(new byte[PAYLOAD]);
        for (int i = 0; i < messages; i++) {
            free.acquire();
            Receiver receiver = new Receiver(sessions.get(i % sessions.size()), 1);
            journal.submit(new StoreCommand.Append(
                    "default",
                    "a/topic/of/usual/length",
                    content,
                    Origin.UNKNOWN,
                    List.of(receiver),
                    null,
                    new StoreCommand.AppendListener() {
                        @Override
                        public void committed(MessageId id) {
                            free.release();
                        }

                        @Override
                        public void repeated(MessageId first) {
                            free.release();
                        }

                        @Override
                        public void failed(StoreUnavailableException cause) {
                            failure.set(cause);
                            free.release();
                        }
                    }));
        }
        free.acquire(WINDOW);
        assertThat(failure.get()).isNull();
    }
}
