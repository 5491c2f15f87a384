package dev.skein.persistence.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file of an embedded database, looked at before H2 opens it: H2 takes an empty file for a new database, and says
 * what it may not write in a hundred lines.
 *
 * @param file with its suffix
 */
record EmbeddedFile(Path file) {
    private static final String PREFIX = "jdbc:h2:file:";
    private static final String SUFFIX = ".mv.db";
    private static final int BLOCK = 4096;
    private static final int HEADER = 1024;
    private static final Pattern FIELD = Pattern.compile("(?<![^,])(\\w+):([0-9a-f]{1,15})(?![^,])");

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
        try (FileChannel bytes = FileChannel.open(file)) {
            if (bytes.size() == 0) {
                return Optional.of("database: " + file + " is empty (expected: a database; restore a backup, or remove"
                        + " the file to begin with an empty database)");
            }
            long least = leastSize(bytes);
            return bytes.size() >= least
                    ? Optional.empty()
                    : Optional.of("database: " + file + " is cut off: " + bytes.size() + " bytes (expected: " + least
                            + " or more; restore a backup, or move it away to begin with an empty database)");
        } catch (IOException e) {
            return Optional.of("database: " + file + " cannot be read: " + e);
        }
    }

    /**
     * Up to where the file has to reach by its own header: to the end of the part that H2 begins to read at. A file
     * that ends before opens as it was at some time before, or empty. 0 when there is no header to be read.
     */
    private static long leastSize(FileChannel bytes) throws IOException {
        long newest = -1;
        long least = 0;
        for (long copy = 0; copy < 2; copy++) { // the header stands there twice
            Map<String, Long> header = fields(text(bytes, copy * BLOCK));
            long version = header.getOrDefault("version", -1L);
            Long block = header.get("block");
            if (block != null && version > newest) {
                newest = version;
                Map<String, Long> chunk = fields(text(bytes, block * BLOCK));
                long length = chunk.containsKey("chunk") ? chunk.getOrDefault("len", 1L) : 1;
                least = (block + length) * BLOCK;
            }
        }
        return least;
    }

    private static String text(FileChannel bytes, long position) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEADER);
        bytes.read(head, position);
        String text = new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        return end < 0 ? "" : text.substring(0, end);
    }

    /** {@code name:hexadecimal,...}; what is no such number is passed over. */
    private static Map<String, Long> fields(String line) {
        Map<String, Long> fields = new HashMap<>();
        Matcher field = FIELD.matcher(line);
        while (field.find()) {
            fields.put(field.group(1), Long.parseLong(field.group(2), 16));
        }
        return fields;
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
