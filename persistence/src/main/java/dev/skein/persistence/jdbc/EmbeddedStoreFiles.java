package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreFiles;
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

/** Does what an operator asks for with locks and copies of files. */
final class EmbeddedStoreFiles implements StoreFiles {
    private static final long LOOK_NANOS = 200_000_000;

    private final EmbeddedFile store;
    private final String user;
    private final String password;
    private final Runnable openAndClose;

    /** @param openAndClose opens the store as a node does, and closes it in order */
    EmbeddedStoreFiles(EmbeddedFile store, String user, String password, Runnable openAndClose) {
        this.store = store;
        this.user = user;
        this.password = password;
        this.openAndClose = openAndClose;
    }

    /** Something with files. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T told(Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Report check() {
        return told(this::read);
    }

    @Override
    public List<String> repair() {
        return told(this::setAside);
    }

    @Override
    public void backup(Path target) {
        told(() -> {
            copyTo(target);
            return true;
        });
    }

    @Override
    public void restore(Path backup) {
        told(() -> {
            copyFrom(backup);
            return true;
        });
    }

    private Report read() throws IOException {
        Optional<String> problem = store.problem();
        if (problem.isPresent()) {
            return new Report(0, 0, List.of(problem.get()), List.of());
        }
        if (Files.notExists(store.file())) {
            return new Report(0, 0, List.of("database: " + store.file() + " is not there"), List.of());
        }
        List<String> damages = new ArrayList<>();
        try (DirectoryLock _ = lock();
                Connection connection = connect(";ACCESS_MODE_DATA=r;IFEXISTS=TRUE")) {
            TableCheck tables = new TableCheck(connection, store.file(), damages::add);
            long rows = tables.run();
            List<String> aside = new ArrayList<>(tables.aside());
            long records = new JournalCheck(new DiskFiles(store.journal()), damages::add, aside::add)
                    .run(JournalRow.read(connection));
            return new Report(rows, records, damages, aside);
        } catch (SQLException | IllegalStateException e) {
            damages.add("database: " + store.file() + " cannot be read: " + SqlErrors.text(e));
            return new Report(0, 0, damages, List.of());
        }
    }

    private Connection connect(String settings) throws SQLException {
        return DriverManager.getConnection(store.url(settings), user, password);
    }

    private DirectoryLock lock() throws IOException {
        new DiskFiles(store.journal()).make();
        return DirectoryLock.take(store.journal());
    }

    private void copyTo(Path target) throws IOException {
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

    private void copyFrom(Path backup) throws IOException {
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

    private List<String> setAside() throws IOException {
        List<String> damages = read().damages();
        if (!damages.isEmpty()) {
            try (DirectoryLock _ = lock()) {
                Path accepted = store.journal().resolve(Journal.LOSS_ACCEPTED);
                if (Files.notExists(accepted)) {
                    Files.createFile(accepted);
                }
            }
            openAndClose.run();
            try (DirectoryLock _ = lock();
                    Connection connection = connect(";IFEXISTS=TRUE")) {
                new TableRepair(connection, store.file()).run();
            } catch (SQLException e) {
                throw new IOException("database: " + store.file() + " is not repaired: " + SqlErrors.text(e), e);
            }
        }
        return damages;
    }
}
