package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.journal.DiskFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process at a time uses the directory of a journal and the database beside it. The system gives the lock back when
 * the process ends, however it does. The file stays, with the number of the process that has or had it.
 */
final class DirectoryLock implements AutoCloseable {
    /** Name of the file. */
    static final String NAME = "skein.lock";

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);
    private static final Pattern PROCESS = Pattern.compile("\\d{1,19}");
    private static final int TEXT_MAX = 32;

    /** Those of this process: the system gives one back as soon as the process closes the file a second time. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel file;

    private DirectoryLock(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Takes the lock of a directory that is there.
     *
     * @throws StoreUnavailableException when another has it, naming the other one
     * @throws IOException when the file cannot be made or read
     */
    static DirectoryLock take(Path directory) throws IOException {
        Path path = directory.toRealPath().resolve(NAME);
        if (!HELD.add(path)) {
            throw inUse(directory, "this process", true); // perhaps a start of it that failed is still ending
        }
        try {
            return new DirectoryLock(path, lock(directory, path));
        } catch (IOException | RuntimeException e) {
            HELD.remove(path);
            throw e;
        }
    }

    private static FileChannel lock(Path directory, Path path) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel file = FileChannel.open(path, options, DiskFiles.rights(directory, "rw-------"));
        try {
            if (file.tryLock() == null) {
                throw inUse(directory, "process " + holder(file), false);
            }
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        try {
            byte[] self = String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            file.truncate(0).write(ByteBuffer.wrap(self), 0);
        } catch (IOException e) {
            LOG.debug("{}: its text is not written; the lock holds without", path, e); // the disk is full, perhaps
        }
        return file;
    }

    private static StoreUnavailableException inUse(Path directory, String other, boolean passing) {
        return new StoreUnavailableException(
                "database: " + directory + " is in use by " + other
                        + " (expected: one process for each directory; end that one, or give this node another one with"
                        + " --data)",
                new IllegalStateException(NAME),
                passing);
    }

    private static String holder(FileChannel file) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(TEXT_MAX);
        file.read(text, 0);
        String number = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        return PROCESS.matcher(number).matches() ? number : "unknown";
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("{}: not closed; the system gives it back when the process ends", path, e);
        }
        HELD.remove(path);
    }
}
