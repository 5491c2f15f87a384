package dev.skein.persistence.jdbc;

import dev.skein.persistence.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.mvstore.DataUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an embedded database, looked at before H2 opens it: H2 takes an empty file for a new database, and says
 * what it may not write in a hundred lines.
 *
 * @param file with its suffix
 */
record EmbeddedFile(Path file) {
    private static final String PREFIX = "jdbc:h2:file:";
    static final String SUFFIX = ".mv.db";
    private static final String JOURNAL = "skein.journal";
    /** How the files of the database begin, see {@link JdbcStores#h2Url}. */
    private static final String NAME = "skein.";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFile.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final int BLOCK = 4096;
    private static final int HEADER = 1024;
    private static final String CHECKSUM = ",fletcher:";
    /** How a file begins that H2 has encrypted. */
    private static final String ENCRYPTED = "H2encrypt";

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

    /** The address of this file, with the settings of {@code jdbcUrl}. */
    String url(String jdbcUrl) {
        int settings = jdbcUrl.indexOf(';');
        String path = file.toString();
        return PREFIX
                + path.substring(0, path.length() - SUFFIX.length())
                + (settings < 0 ? "" : jdbcUrl.substring(settings));
    }

    /**
     * Makes the directory when it is not there. Nobody but the user of this process may read the files of the database:
     * they hold messages, credentials and names. Nor the directory, unless there are other things in it. What belongs
     * to somebody else, as a volume may, stays as it is, and a log line says so.
     */
    void keepPrivate() {
        Path directory = file.getParent();
        if (directory == null) {
            return; // refused already
        }
        try {
            if (Files.notExists(directory)) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
            }
            boolean own = true;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path each : files) {
                    if (!String.valueOf(each.getFileName()).startsWith(NAME)) {
                        own = false;
                    } else if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                        restrict(each, FILE);
                    }
                }
            }
            if (own) {
                restrict(directory, DIRECTORY);
            }
        } catch (UnsupportedOperationException e) {
            LOG.debug("{}: its file system knows no rights of users", directory);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn(
                    "{}: other users may be able to read it, since its rights cannot be set: {}",
                    directory,
                    e.toString());
        }
    }

    private static void restrict(Path path, Set<PosixFilePermission> rights) throws IOException {
        Set<PosixFilePermission> now = Files.getPosixFilePermissions(path);
        if (!rights.containsAll(now)) {
            Set<PosixFilePermission> less = EnumSet.copyOf(rights);
            less.retainAll(now);
            Files.setPosixFilePermissions(path, less);
        }
    }

    /** Why it cannot be opened, or may not be, and what to do; empty when nothing speaks against it. */
    Optional<String> problem() {
        Path directory = file.getParent();
        if (directory == null) {
            return Optional.of("database: " + file + " (expected: a file in a directory)");
        }
        return ofDirectory(directory).or(this::ofFile).or(this::ofJournal);
    }

    /** Where the journal is: beside the file, with a name that begins like those of the database. */
    Path journal() {
        return file.resolveSibling(JOURNAL);
    }

    private Optional<String> ofJournal() {
        Path journal = journal();
        if (Files.notExists(journal, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isDirectory(journal)) {
            return Optional.of("journal: " + journal + (Files.exists(journal) ? " is a file" : " leads nowhere")
                    + " (expected: the directory of the journal, or nothing; move it away)");
        }
        if (!isUsable(journal) || !Files.isReadable(journal)) {
            return readOnly("journal", journal)
                    .or(() -> Optional.of("journal: " + journal + rights(journal) + " (expected: a directory that user "
                            + user() + " may read and write to)"));
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(journal)) {
            for (Path each : files) {
                Optional<String> problem = ofJournal(each);
                if (problem.isPresent()) {
                    return problem;
                }
            }
            return Optional.empty();
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.of("journal: " + journal + " cannot be read: " + e);
        }
    }

    private Optional<String> ofJournal(Path each) {
        boolean segment = Journal.isFile(String.valueOf(each.getFileName()));
        if (segment && Files.notExists(file)) {
            return Optional.of("database: " + file + " is missing, beside a journal with messages (expected: both, from"
                    + " one backup; or move " + journal() + " away, too, to begin with an empty database)");
        }
        boolean own = segment || each.endsWith(DirectoryLock.NAME);
        if (own && !(Files.isRegularFile(each) && Files.isReadable(each) && Files.isWritable(each))) {
            return Optional.of("journal: " + each + (Files.isRegularFile(each) ? rights(each) : " is no file")
                    + " (expected: a file that user " + user() + " may read and write)");
        }
        return Optional.empty();
    }

    private static Optional<String> ofDirectory(Path directory) {
        if (Files.isDirectory(directory)) {
            return isUsable(directory)
                    ? Optional.empty()
                    : readOnly("skein.storage.directory", directory)
                            .or(() -> Optional.of("skein.storage.directory: " + directory + rights(directory)
                                    + " (expected: a directory that user " + user() + " may write to)"));
        }
        if (Files.exists(directory)) {
            return Optional.of("skein.storage.directory: " + directory + " is a file (expected: a directory)");
        }
        Path above = directory.getParent();
        while (above != null && Files.notExists(above)) {
            above = above.getParent();
        }
        if (above == null || (Files.isDirectory(above) && isUsable(above))) {
            return Optional.empty();
        }
        Path nearest = above;
        return readOnly("skein.storage.directory: " + directory + " cannot be made", above)
                .or(() -> Optional.of("skein.storage.directory: " + directory + " cannot be made in " + nearest
                        + rights(nearest) + " (expected: a directory that user " + user() + " may make)"));
    }

    /** A permission would not help there. */
    private static Optional<String> readOnly(String what, Path path) {
        try {
            return Files.getFileStore(path).isReadOnly()
                    ? Optional.of(what + ": " + path + " is on a read-only file system (expected: one that may be"
                            + " written; mount it so, or choose another directory with --data)")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // the rights are told instead
        }
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
            return readOnly("database", file)
                    .or(() -> Optional.of("database: " + file + rights(file) + " (expected: a file that user " + user()
                            + " may read and write)"));
        }
        try (FileChannel bytes = FileChannel.open(file)) {
            if (bytes.size() == 0) {
                return Optional.of("database: " + file + " is empty (expected: a database; restore a backup, or remove"
                        + " the file to begin with an empty database)");
            }
            return ofContent(bytes);
        } catch (IOException e) {
            return Optional.of("database: " + file + " cannot be read: " + e);
        }
    }

    private Optional<String> ofContent(FileChannel bytes) throws IOException {
        List<Map<String, Long>> headers = headers(bytes);
        if (headers.isEmpty() && !text(bytes, 0).startsWith(ENCRYPTED)) {
            return Optional.of("database: " + file + " is damaged: neither copy of its header can be read (expected: a"
                    + " database; restore a backup, or move it away to begin with an empty database)");
        }
        long least = leastSize(bytes, headers);
        return bytes.size() >= least
                ? Optional.empty()
                : Optional.of("database: " + file + " is cut off: " + bytes.size() + " bytes (expected: " + least
                        + " or more; restore a backup, or move it away to begin with an empty database)");
    }

    /**
     * Up to where the file has to reach by its own header: to the end of the part that H2 begins to read at. A file
     * that ends before opens as it was at some time before, or empty. 0 when there is no header to be read.
     */
    private static long leastSize(FileChannel bytes, List<Map<String, Long>> headers) throws IOException {
        long newest = -1;
        long least = 0;
        for (Map<String, Long> header : headers) {
            long version = header.getOrDefault("version", -1L);
            Long block = header.get("block");
            if (block != null && version > newest) {
                newest = version;
                Map<String, Long> chunk = fields(line(text(bytes, block * BLOCK)));
                long length = chunk.containsKey("chunk") ? chunk.getOrDefault("len", 1L) : 1;
                least = (block + length) * BLOCK;
            }
        }
        return least;
    }

    /** The copies of the header whose checksum is right; H2 opens a file that has one. */
    private static List<Map<String, Long>> headers(FileChannel bytes) throws IOException {
        List<Map<String, Long>> whole = new ArrayList<>();
        for (long copy = 0; copy < 2; copy++) {
            String header = line(text(bytes, copy * BLOCK));
            Map<String, Long> fields = fields(header);
            int end = header.lastIndexOf(CHECKSUM);
            Long checksum = fields.get("fletcher");
            if (end > 0 && checksum != null && checksum.intValue() == checksum(header.substring(0, end))) {
                whole.add(fields);
            }
        }
        return whole;
    }

    private static int checksum(String header) {
        byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
        return DataUtils.getFletcher32(bytes, 0, bytes.length);
    }

    private static String text(FileChannel bytes, long position) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEADER);
        bytes.read(head, position);
        return new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
    }

    /** The first line, empty when there is no whole one. */
    private static String line(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? "" : text.substring(0, end).strip();
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
