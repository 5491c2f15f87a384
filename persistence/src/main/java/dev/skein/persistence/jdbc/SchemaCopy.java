package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.sql.H2File;
import dev.skein.persistence.journal.DiskFiles;
import dev.skein.persistence.schema.Database;
import dev.skein.persistence.schema.Migrations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the file of an embedded database to the newest schema on a copy, which takes the place of the file when it is
 * whole and on the disk. H2 commits in the middle of a statement that changes a table, so a file that a kill leaves
 * then may not open again. With the copy a kill leaves the file as it was, and the next start begins anew. The disk
 * needs room for both. Confined to the thread that opens the store; nobody else has the file open.
 *
 * @param file the database, which may be a link, or not there yet
 * @param jdbcUrl its address
 */
record SchemaCopy(EmbeddedFile file, String jdbcUrl, String user, String password) {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaCopy.class);
    private static final String SUFFIX = ".migrating" + EmbeddedFile.SUFFIX;

    /**
     * Opens the database, which has the newest schema then.
     *
     * @throws SQLException when H2 does not open the file or refuses a statement
     * @throws StoreUnavailableException when there is no room for a copy, or it cannot be made or take the place
     */
    Connection open() throws SQLException {
        try {
            boolean isNew = Files.notExists(file.file());
            Path database = isNew ? file.file() : file.file().toRealPath();
            Path copy = copyOf(database);
            if (Files.deleteIfExists(copy)) {
                LOG.info("{}: removed; a start was ended while it changed the schema", copy);
            }
            if (!isNew) {
                Connection connection = connect(file);
                if (isApplied(connection)) {
                    return connection;
                }
                connection.close(); // the last one: the file is closed, and whole
                copy(database, copy);
            }
            migrate(new EmbeddedFile(copy));
            Files.move(copy, database, StandardCopyOption.ATOMIC_MOVE);
            DiskFiles.forceDirectory(database.getParent());
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "database: " + file.file() + " cannot be brought to the schema of this release: " + e, e);
        }
        return connect(file);
    }

    private static Path copyOf(Path database) {
        String name = String.valueOf(database.getFileName());
        return database.resolveSibling(
                name.substring(0, name.length() - EmbeddedFile.SUFFIX.length()).concat(SUFFIX));
    }

    private Connection connect(EmbeddedFile database) throws SQLException {
        return DriverManager.getConnection(database.url(jdbcUrl), user, password);
    }

    private static boolean isApplied(Connection connection) throws SQLException {
        try {
            return Migrations.areApplied(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void copy(Path database, Path copy) throws IOException {
        long bytes = Files.size(database);
        long free = Files.getFileStore(copy.getParent()).getUsableSpace();
        if (free < bytes) {
            throw new IOException(copy + " needs " + bytes + " bytes, and " + free
                    + " are free (expected: room for a copy of the database; it takes the place of the file then)");
        }
        try (InputStream in = Files.newInputStream(database)) {
            Backup.write(in, copy);
        }
    }

    private void migrate(EmbeddedFile copy) throws SQLException, IOException {
        try (Connection connection = connect(copy)) {
            Migrations.apply(connection, Database.H2);
            H2File.force(connection);
        }
        try (FileChannel channel = FileChannel.open(copy.file(), StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
