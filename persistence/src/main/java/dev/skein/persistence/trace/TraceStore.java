package dev.skein.persistence.trace;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traces of one node, in files: the newest is appended to, the oldest go when there are too many or they are too
 * old. {@link #append}, {@link #keepWithin} and {@link #close} are for one thread at a time, which may be blocked by
 * the disk; {@link #find} is for any thread that may be.
 *
 * <p>Records are not forced to the disk: they survive the end of the process, and a power cut may take the last of
 * them.
 */
public final class TraceStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TraceStore.class);
    private static final String LOCK = "trace.lock";

    private final TraceSettings settings;
    private final long node;
    private final FileChannel lockFile;
    private final TraceSegment.Damages damages;
    /** In the order of their numbers; the last may be written to. */
    private volatile List<TraceSegment> segments = List.of();

    private @Nullable TraceSegment active;
    /** Latest time of a record that was appended, in any segment. */
    private long latest;

    private long nextNumber = 1;

    private TraceStore(TraceSettings settings, long node, FileChannel lockFile) {
        this.settings = settings;
        this.node = node;
        this.lockFile = lockFile;
        this.damages = what -> LOG.warn("trace: {}", what);
    }

    /**
     * Opens the files of {@code settings}, and makes the directory when there is none.
     *
     * @param node incarnation of the node, the first half of channel IDs
     * @throws IOException when another process has the directory, or it cannot be read or written
     */
    public static TraceStore open(TraceSettings settings, long node) throws IOException {
        Path directory = directory(settings.directory());
        FileChannel lock =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean opened = false;
        try {
            if (!isLocked(lock)) {
                throw new IOException(directory + ": in use by another process (expected: a directory of its own)");
            }
            TraceStore store = new TraceStore(settings, node, lock);
            store.readAll(directory);
            opened = true;
            return store;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    /** Who talked to whom is for nobody else on the machine. */
    private static Path directory(Path path) throws IOException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                : Files.createDirectories(path);
    }

    private static boolean isLocked(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void readAll(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.sorted().toList();
        }
        List<TraceSegment> opened = new ArrayList<>();
        for (Path file : files) {
            Optional<Long> number = TraceSegment.number(file);
            if (number.isEmpty()) {
                continue;
            }
            nextNumber = Math.max(nextNumber, number.get() + 1);
            try {
                TraceSegment segment = TraceSegment.open(file, number.get(), damages);
                opened.add(segment);
                latest = Math.max(latest, segment.summary().last());
            } catch (TraceSegment.UnreadableException e) {
                // Told; whoever looks for what is in it finds the file.
                Files.move(
                        file,
                        file.resolveSibling(file.getFileName() + ".damaged"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        opened.sort(Comparator.comparingLong(TraceSegment::number));
        segments = List.copyOf(opened);
    }

    /**
     * Appends the records of {@code batch}, which may be used again then.
     *
     * @param now milliseconds since the Unix epoch
     * @throws IOException when they are not in the file
     */
    public void append(TraceBatch batch, long now) throws IOException {
        if (batch.records() == 0) {
            return;
        }
        batch.seal(node);
        TraceSegment to = active;
        if (to != null && isFull(to, batch, now)) {
            active = null;
            to.close();
            to = null;
        }
        if (to == null) {
            to = TraceSegment.create(settings.directory(), nextNumber);
            nextNumber++;
            active = to;
            List<TraceSegment> more = new ArrayList<>(segments);
            more.add(to);
            segments = List.copyOf(more);
            keepWithin(now);
        }
        to.append(batch, latest);
        latest = Math.max(latest, to.summary().last());
    }

    private boolean isFull(TraceSegment segment, TraceBatch batch, long now) {
        TraceIndex.Summary is = segment.summary();
        return segment.bytes() + 2L * batch.length() > settings.segmentBytes() // with its part of the index
                || (is.records() > 0 && now - is.first() > settings.segmentMillis());
    }

    /** Removes the oldest files that are beyond the bounds; now and then, also when nothing is appended. */
    public void keepWithin(long now) throws IOException {
        long bytes = bytes();
        long oldest = now - settings.maxAge().toMillis();
        for (TraceSegment segment : segments) {
            boolean tooOld = segment.summary().last() < oldest;
            if (segment == active) {
                return;
            }
            if (!tooOld && bytes + settings.segmentBytes() <= settings.maxBytes()) {
                continue; // its clock may have been ahead: others behind it are too old all the same
            }
            List<TraceSegment> fewer = new ArrayList<>(segments);
            fewer.remove(segment);
            segments = List.copyOf(fewer);
            bytes -= segment.bytes();
            segment.delete();
        }
    }

    /** What all files take. Any thread. */
    public long bytes() {
        return segments.stream().mapToLong(TraceSegment::bytes).sum();
    }

    /** How many records there are. Any thread. */
    public long records() {
        return segments.stream().mapToLong(each -> each.summary().records()).sum();
    }

    /**
     * Looks for records; of what is appended meanwhile it finds some.
     *
     * @param late whether it has taken long enough: then it answers with what it has
     * @throws IOException when files cannot be read
     */
    public TracePage find(TraceQuery query, BooleanSupplier late) throws IOException {
        return new TraceSearch(query, segments, late).run();
    }

    /** Writes the index of the file that was appended to. */
    @Override
    public void close() throws IOException {
        TraceSegment last = active;
        active = null;
        try {
            if (last != null) {
                last.close();
            }
        } finally {
            lockFile.close();
        }
    }
}
