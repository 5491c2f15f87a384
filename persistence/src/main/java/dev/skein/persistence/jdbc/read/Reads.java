package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.sql.Connections;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that read. They are never interrupted: an interrupt within H2's file access closes the file under the whole
 * database.
 */
public final class Reads {
    private static final Logger LOG = LoggerFactory.getLogger(Reads.class);

    private final Connections connections;
    private final Consumer<Throwable> failed;
    private final DamagedRow.Listener damages;
    private final ExecutorService threads;

    /**
     * Begins to read.
     *
     * @param failed told of each failure that is the database's fault
     * @param damages told of each row that is not what was written
     */
    public Reads(Connections connections, int threads, Consumer<Throwable> failed, DamagedRow.Listener damages) {
        this.connections = connections;
        this.failed = failed;
        this.damages = damages;
        this.threads = Executors.newFixedThreadPool(
                threads,
                Thread.ofPlatform().name("skein-store-reader-", 0).daemon().factory());
    }

    /** Told of each row that is not what was written. */
    public DamagedRow.Listener damages() {
        return damages;
    }

    /** Reads on one of the threads. The stage fails with {@link StoreUnavailableException} alone. */
    public <T> CompletionStage<T> read(String what, SqlFunction<T> query) {
        CompletableFuture<T> done = new CompletableFuture<>();
        execute(
                () -> {
                    T result;
                    try {
                        result = now(query);
                    } catch (SQLException | RuntimeException e) {
                        done.completeExceptionally(unavailable(what, e));
                        return;
                    } catch (Error e) { // as no memory for a large message: the caller waits else in vain
                        done.completeExceptionally(new StoreUnavailableException(what + ": " + e, e));
                        throw e;
                    }
                    done.complete(result);
                },
                done);
        return done;
    }

    /** Runs {@code task} on one of the threads; fails {@code done} when they ended. */
    void execute(Runnable task, CompletableFuture<?> done) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StoreUnavailableException("the store is closed", e));
        }
    }

    /** Reads on the calling thread, which must be one of these. */
    public <T> T now(SqlFunction<T> query) throws SQLException {
        try (Connection connection = connections.reader()) {
            T result = query.apply(connection);
            connection.rollback();
            return result;
        }
    }

    /** The exception for the caller; tells the store when the database is at fault. */
    public StoreUnavailableException unavailable(String what, Exception e) {
        if (e instanceof SQLException sql && !SqlErrors.refusesData(sql)) {
            failed.accept(sql);
        } else {
            LOG.error("Reading failed: {}", what, e);
        }
        return new StoreUnavailableException(what + ": " + SqlErrors.text(e), e);
    }

    /** Waits for what runs, at the longest for {@code patience}. */
    public void close(Duration patience) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Readers still run at close");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
