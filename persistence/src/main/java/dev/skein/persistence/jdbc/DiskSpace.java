package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.DiskReserve;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.journal.DiskFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The room on the file system of an embedded database, and a spare file that is given up when others fill it. */
final class DiskSpace implements DiskReserve {
    /** Of the file system, when nobody says how much. */
    private static final int PART = 20;

    private static final long AUTO_MOST = 256L << 20;
    /** Above the mark by so much of it, it is over. */
    private static final int ABOVE = 8;

    private static final String SPARE = "skein.spare";
    private static final int SPARE_BYTES = 2 << 20;
    /** Less than a commit may need. */
    private static final long NOTHING = 512 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

    private final Path directory;
    private final long asked;
    private volatile long free = Long.MAX_VALUE;
    private volatile long mark;
    private volatile boolean low;

    /** @param bytes the mark; -1: a part of the file system, 0: there is none */
    DiskSpace(EmbeddedFile database, long bytes) {
        this.directory = directoryOf(database);
        this.asked = bytes;
    }

    private static Path directoryOf(EmbeddedFile database) {
        Path directory = database.file().getParent();
        return directory == null ? database.file() : directory;
    }

    @Override
    public @Nullable String look() {
        try {
            return lookAt(Files.getFileStore(directory));
        } catch (IOException e) {
            throw new StoreUnavailableException(directory + ": " + e, e);
        }
    }

    private @Nullable String lookAt(FileStore store) throws IOException {
        long usable = store.getUsableSpace();
        mark = asked < 0 ? Math.min(store.getTotalSpace() / PART, AUTO_MOST) : asked;
        free = usable;
        low = usable < mark + (low ? mark / ABOVE : 0);
        if (usable < NOTHING) {
            giveSpare(directory, usable);
        } else if (!low && asked != 0 && usable > mark + mark / ABOVE + 2 * SPARE_BYTES) {
            keepSpare();
        }
        return low
                ? "disk: " + directory + " has " + usable + " bytes left (expected: skein.storage.disk-reserve, " + mark
                        + ", or more)"
                : null;
    }

    @Override
    public long free() {
        return free;
    }

    @Override
    public long mark() {
        return mark;
    }

    @Override
    public boolean isLow() {
        return low;
    }

    /** Before the database is opened: without any room it would not open. */
    static void give(EmbeddedFile database) {
        Path directory = directoryOf(database);
        try {
            long usable = Files.getFileStore(directory).getUsableSpace();
            if (usable < NOTHING) {
                giveSpare(directory, usable);
            }
        } catch (IOException e) {
            LOG.debug("{}: its file system does not tell how much room it has", directory, e);
        }
    }

    private static void giveSpare(Path directory, long usable) throws IOException {
        if (Files.deleteIfExists(directory.resolve(SPARE))) {
            LOG.warn(
                    "{} has {} bytes left: {} is removed, so that messages can still be removed. Make room on this file"
                            + " system.",
                    directory,
                    usable,
                    SPARE);
        }
    }

    private void keepSpare() throws IOException {
        Path spare = directory.resolve(SPARE);
        if (Files.exists(spare)) {
            return;
        }
        try (FileChannel file = FileChannel.open(
                spare,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                DiskFiles.rights(directory, "rw-------"))) {
            ByteBuffer zeros = ByteBuffer.allocate(SPARE_BYTES);
            while (zeros.hasRemaining()) {
                file.write(zeros);
            }
        } catch (IOException e) {
            Files.deleteIfExists(spare);
            throw e;
        }
    }
}
