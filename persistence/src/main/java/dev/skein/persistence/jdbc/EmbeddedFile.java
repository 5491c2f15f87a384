package dev.skein.persistence.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The file of an embedded database, looked at before H2 opens it: H2 takes an empty file for a new database, and says
 * what it may not write in a hundred lines.
 *
 * @param file with its suffix
 */
record EmbeddedFile(Path file) {
    private static final String PREFIX = "jdbc:h2:file:";
    private static final String SUFFIX = ".mv.db";

    /** Empty for a database that is not a file of this process. */
    static Optional<EmbeddedFile> of(String jdbcUrl) {
        if (!jdbcUrl.startsWith(PREFIX)) {
            return Optional.empty();
        }
        int end = jdbcUrl.indexOf(';');
        String path = jdbcUrl.substring(PREFIX.length(), end < 0 ? jdbcUrl.length() : end);
        return Optional.of(new EmbeddedFile(Path.of(path + SUFFIX).toAbsolutePath()));
    }

    /** Why it cannot be opened, or may not be, and what to do; empty when nothing speaks against it. */
    Optional<String> problem() {
        Path directory = file.getParent();
        if (directory == null) {
            return Optional.of("database: " + file + " (expected: a file in a directory)");
        }
        return ofDirectory(directory).or(this::ofFile);
    }

    private static Optional<String> ofDirectory(Path directory) {
        if (Files.isDirectory(directory)) {
            return isUsable(directory)
                    ? Optional.empty()
                    : Optional.of("skein.storage.directory: " + directory + rights(directory)
                            + " (expected: a directory that user " + user() + " may write to)");
        }
        if (Files.exists(directory)) {
            return Optional.of("skein.storage.directory: " + directory + " is a file (expected: a directory)");
        }
        Path above = directory.getParent();
        while (above != null && Files.notExists(above)) {
            above = above.getParent();
        }
        return above == null || (Files.isDirectory(above) && isUsable(above))
                ? Optional.empty()
                : Optional.of("skein.storage.directory: " + directory + " cannot be made in " + above + rights(above)
                        + " (expected: a directory that user " + user() + " may make)");
    }

    private static boolean isUsable(Path directory) {
        return Files.isWritable(directory) && Files.isExecutable(directory);
    }

    private Optional<String> ofFile() {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file)) {
            return Optional.of("database: " + file + " is no file (expected: the file of a database, or nothing)");
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
            return Optional.of("database: " + file + rights(file) + " (expected: a file that user " + user()
                    + " may read and write)");
        }
        try {
            return Files.size(file) > 0
                    ? Optional.empty()
                    : Optional.of("database: " + file + " is empty (expected: a database; restore a backup, or remove"
                            + " the file to begin with an empty database)");
        } catch (IOException e) {
            return Optional.of("database: " + file + " cannot be read: " + e);
        }
    }

    private static String rights(Path path) {
        try {
            return " belongs to " + Files.getOwner(path) + " with "
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException | UnsupportedOperationException e) {
            return " is not open to this user";
        }
    }

    private static String user() {
        return System.getProperty("user.name", "?");
    }
}
