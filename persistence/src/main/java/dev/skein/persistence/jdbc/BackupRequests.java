package dev.skein.persistence.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another process asks the one that has the store open for a backup, by a file in the directory of the journal, which
 * only its user may write to; the answer is a file, too.
 */
final class BackupRequests implements AutoCloseable {
    /** Holds the directory that the backup goes to. */
    static final String REQUEST = "skein.backup-request";
    /** Empty when it is done, else what went wrong. */
    static final String ANSWER = "skein.backup-answer";

    private static final Logger LOG = LoggerFactory.getLogger(BackupRequests.class);
    private static final long LOOK_MILLIS = 500;

    private final Path directory;
    private final Work work;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("skein-store-backup").daemon().factory());

    /** Makes a backup. */
    interface Work {
        /** Blocks. */
        void to(Path target) throws IOException;
    }

    BackupRequests(Path directory, Work work) {
        this.directory = directory;
        this.work = work;
    }

    void start() {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        Path request = directory.resolve(REQUEST);
        if (Files.notExists(request)) {
            return;
        }
        try {
            Path target = Path.of(Files.readString(request));
            Files.delete(request);
            put(directory, ANSWER, answer(target));
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: a request for a backup is not answered: {}", request, e.toString());
        }
    }

    private String answer(Path target) {
        try {
            work.to(target);
            LOG.info("Backup of the store at {}", target);
            return "";
        } catch (IOException | RuntimeException e) {
            LOG.warn("No backup of the store at {}", target, e);
            return "backup: " + e.getMessage();
        }
    }

    /** Writes a file that is there whole or not at all. */
    static void put(Path directory, String name, String text) throws IOException {
        Path unfinished = directory.resolve(name + ".new");
        Files.writeString(unfinished, text);
        Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        thread.shutdown();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                    LOG.warn("A backup still runs at close");
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
