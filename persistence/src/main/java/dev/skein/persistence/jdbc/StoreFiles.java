package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.sql.JournalRow;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import dev.skein.persistence.journal.DiskFiles;
import dev.skein.persistence.journal.Journal;
import dev.skein.persistence.journal.JournalCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What an operator does with the files of an embedded store. Each blocks until it is done. Confined to one thread. */
public final class StoreFiles {
    private static final long LOOK_NANOS = 200_000_000;

    private final EmbeddedFile store;
    private final String user;
    private final String password;

    private StoreFiles(EmbeddedFile store, String user, String password) {
        this.store = store;
        this.user = user;
        this.password = password;
    }

    /** Empty for another database. */
    public static Optional<StoreFiles> of(String jdbcUrl, String user, String password) {
        return EmbeddedFile.of(jdbcUrl).map(store -> new StoreFiles(store, user, password));
    }

    /**
     * What was read, and what of it is damaged.
     *
     * @param rows rows of all tables
     * @param records records of the journal
     * @param damages in words that name the file
     */
    public record Report(long rows, long records, List<String> damages) {}

    /**
     * Reads everything and changes nothing.
     *
     * @throws StoreUnavailableException when a process uses it
     * @throws IOException when it cannot be read at all
     */
    public Report check() throws IOException {
        List<String> damages = new ArrayList<>();
        Optional<String> problem = store.problem();
        if (problem.isPresent()) {
            return new Report(0, 0, List.of(problem.get()));
        }
        if (Files.notExists(store.file())) {
            return new Report(0, 0, List.of("database: " + store.file() + " is not there"));
        }
        try (DirectoryLock _ = lock()) {
            String path = store.file().toString();
            String url = "jdbc:h2:file:" + path.substring(0, path.length() - EmbeddedFile.SUFFIX.length())
                    + ";ACCESS_MODE_DATA=r;IFEXISTS=TRUE";
            try (Connection connection = DriverManager.getConnection(url, user, password)) {
                long rows = TableCheck.run(connection, store.file(), damages::add);
                long records =
                        new JournalCheck(new DiskFiles(store.journal()), damages::add).run(JournalRow.read(connection));
                return new Report(rows, records, damages);
            } catch (SQLException | IllegalStateException e) {
                damages.add("database: " + store.file() + " cannot be read: " + SqlErrors.text(e));
                return new Report(0, 0, damages);
            }
        }
    }

    private DirectoryLock lock() throws IOException {
        new DiskFiles(store.journal()).make();
        return DirectoryLock.take(store.journal());
    }

    /**
     * Copies the store to a directory, which a node may be started with. While a node uses the store, that one does it.
     *
     * @param target is made; must be empty when it is there
     * @throws IOException when it is not, or cannot be written, or nobody does it
     */
    public void backup(Path target) throws IOException {
        if (Files.notExists(store.file())) {
            throw new IOException(store.file() + " is not there (expected: the database of a node)");
        }
        DirectoryLock lock;
        try {
            lock = lock();
        } catch (StoreUnavailableException e) {
            ask(target.toAbsolutePath());
            return;
        }
        try (lock) {
            Backup.prepare(target);
            Backup.resting(store, Backup.at(store, target));
        }
    }

    private void ask(Path target) throws IOException {
        Path answer = store.journal().resolve(BackupRequests.ANSWER);
        Files.deleteIfExists(answer);
        BackupRequests.put(store.journal(), BackupRequests.REQUEST, target.toString());
        while (Files.notExists(answer)) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            if (isFree() && Files.notExists(answer)) {
                Files.deleteIfExists(store.journal().resolve(BackupRequests.REQUEST));
                throw new IOException("the node has ended meanwhile (expected: one that makes the backup)");
            }
        }
        String text = Files.readString(answer);
        Files.delete(answer);
        if (!text.isEmpty()) {
            throw new IOException(text);
        }
    }

    private boolean isFree() throws IOException {
        try (DirectoryLock _ = lock()) {
            return true;
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    /**
     * Puts a backup where there is no store.
     *
     * @throws StoreUnavailableException when a process uses the directory
     * @throws IOException when there is a store already, or the backup is none
     */
    public void restore(Path backup) throws IOException {
        EmbeddedFile from = Backup.at(store, backup);
        if (!Files.isRegularFile(from.file())) {
            throw new IOException(from.file() + " is not there (expected: a directory that skein store backup made)");
        }
        Optional<String> problem = from.problem();
        if (problem.isPresent()) {
            throw new IOException(problem.get());
        }
        try (DirectoryLock _ = lock()) {
            boolean journal = new DiskFiles(store.journal()).list().stream().anyMatch(Journal::isFile);
            if (Files.exists(store.file()) || journal) {
                throw new IOException(store.file().getParent()
                        + " has a store already (expected: a directory without one; move that away)");
            }
            Backup.resting(from, store);
            store.keepPrivate();
        }
    }

    /**
     * Sets aside what of the journal cannot be read and brings the rest to the tables.
     *
     * @return what was damaged
     * @throws StoreUnavailableException when a process uses it, or the database itself does not open
     */
    public List<String> repair(Repairing repairing) throws IOException {
        List<String> damages = check().damages();
        if (!damages.isEmpty()) {
            try (DirectoryLock _ = lock()) {
                Path accepted = store.journal().resolve(Journal.LOSS_ACCEPTED);
                if (Files.notExists(accepted)) {
                    Files.createFile(accepted);
                }
            }
            repairing.openAndClose();
        }
        return damages;
    }

    /** Opens the store as a node does, and closes it in order. */
    public interface Repairing {
        /** Blocks. */
        void openAndClose();
    }
}
