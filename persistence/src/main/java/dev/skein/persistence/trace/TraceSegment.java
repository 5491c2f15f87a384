package dev.skein.persistence.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of batches. It is written to until it is full or old; then its index is written, and nothing of it stays in
 * memory but what the index says in a few numbers. Appended to by one thread; searched by any.
 */
final class TraceSegment {
    /** In front of the first batch: magic (8), number (8), reserved (8), checksum of these (4), nothing (4). */
    static final int HEADER = 32;
    /** Bytes of a segment at the most: offsets of batches must fit into entries of the index. */
    static final long BYTES_MAX = 1L << TraceIndex.OFFSET_BITS;

    private static final long MAGIC = 0x534B5452_30310000L;
    private static final int CHECKED = 24;
    private static final Pattern NAME = Pattern.compile("(\\d{12,18})\\.trace");
    private static final long[] NOTHING = {};

    private final Path file;
    private final Path index;
    private final long number;
    /** While it is written to, else null. */
    private @Nullable FileChannel out;

    /** Entries of the index, while there is no index; guarded by this. */
    private long @Nullable [] entries = new long[1024];

    private int count;
    private volatile TraceIndex.Summary summary = new TraceIndex.Summary(0, HEADER, 0, Long.MAX_VALUE, 0, 0);

    private TraceSegment(Path file, long number) {
        this.file = file;
        this.number = number;
        this.index = file.resolveSibling("%012d.index".formatted(number));
    }

    /** The number in the name of a segment; empty for another file. */
    static Optional<Long> number(Path file) {
        Matcher matcher = NAME.matcher(file.getFileName().toString());
        return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }

    /** A new one, which is written to. */
    static TraceSegment create(Path directory, long number) throws IOException {
        TraceSegment made = new TraceSegment(directory.resolve("%012d.trace".formatted(number)), number);
        FileChannel out = FileChannel.open(made.file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        made.out = out;
        try {
            writeAll(out, header(number));
        } catch (IOException e) { // the disk is full, perhaps: nothing of it stays
            made.delete();
            throw e;
        }
        return made;
    }

    private static ByteBuffer header(long number) {
        ByteBuffer header =
                ByteBuffer.allocate(HEADER).putLong(MAGIC).putLong(number).putLong(0);
        return header.putInt(checksum(header)).putInt(0).flip();
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(CHECKED));
        return (int) crc.getValue();
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /**
     * One of before. Without a whole index it is read, what is damaged at its end is cut off, and its index is written.
     *
     * @param damaged told of a part in its midst that cannot be read, by what stands for it in a log line
     */
    static TraceSegment open(Path file, long number, Damages damaged) throws IOException {
        TraceSegment opened = new TraceSegment(file, number);
        TraceIndex.Summary told = TraceIndex.summary(opened.index);
        if (told != null && told.length() == Files.size(file)) {
            opened.summary = told;
            opened.entries = null;
        } else {
            opened.recover(damaged);
        }
        return opened;
    }

    /** Hears of files of which a part cannot be read. */
    interface Damages {
        void found(String what);
    }

    private void recover(Damages damaged) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (!hasHeader(in)) {
                damaged.found(file.getFileName() + ": no header; it is passed over");
                throw new UnreadableException(file);
            }
            long end = in.size();
            long at = HEADER;
            long whole = HEADER;
            byte[] bytes = {};
            while (at < end) {
                BatchReader.Header header = header(in, at, end);
                byte[] read = header == null ? null : read(in, at, header, bytes);
                if (header == null || read == null || !BatchReader.isWhole(read, header)) {
                    long next = search(in, at + 1, end);
                    if (next < 0) {
                        break;
                    }
                    damaged.found("%s: bytes %d to %d cannot be read; they are passed over"
                            .formatted(file.getFileName(), at, next));
                    at = next;
                    continue;
                }
                bytes = read;
                addKeys(bytes, header.length(), at, header.first(), header.last());
                at += header.length();
                whole = at;
            }
            if (whole < end) {
                in.truncate(whole);
            }
            summary = withLength(summary, whole);
        }
        try {
            close();
        } catch (IOException e) { // the disk is full, perhaps; what there is of the index stays in memory
            damaged.found(index.getFileName() + ": cannot be written: " + e);
        }
    }

    /** It cannot be read at all. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1L;

        UnreadableException(Path file) {
            super(file.getFileName() + ": unreadable");
        }
    }

    private boolean hasHeader(FileChannel in) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        return in.read(header, 0) == HEADER
                && header.getLong(0) == MAGIC
                && header.getLong(8) == number
                && header.getInt(CHECKED) == checksum(header);
    }

    /** The next offset of a whole batch; -1: none. */
    private static long search(FileChannel in, long from, long end) throws IOException {
        int window = 1 << 16;
        ByteBuffer part = ByteBuffer.allocate(window);
        for (long at = from; at < end; at += window - Integer.BYTES + 1) {
            part.clear();
            in.read(part, at);
            for (int i = 0; i + Integer.BYTES <= part.position(); i++) {
                if (part.getInt(i) == TraceBatch.MAGIC) {
                    BatchReader.Header header = header(in, at + i, end);
                    byte[] bytes = header == null ? null : read(in, at + i, header, new byte[0]);
                    if (header != null && bytes != null && BatchReader.isWhole(bytes, header)) {
                        return at + i;
                    }
                }
            }
        }
        return -1;
    }

    private static BatchReader.@Nullable Header header(FileChannel in, long at, long end) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(TraceBatch.HEADER);
        in.read(bytes, at);
        BatchReader.Header header = BatchReader.Header.read(bytes.flip());
        return header == null || at + header.length() > end ? null : header;
    }

    private static byte @Nullable [] read(FileChannel in, long at, BatchReader.Header header, byte[] into)
            throws IOException {
        byte[] bytes = into.length < header.length() ? new byte[Math.max(header.length(), 1 << 15)] : into;
        ByteBuffer part = ByteBuffer.wrap(bytes, 0, header.length());
        while (part.hasRemaining()) {
            if (in.read(part, at + part.position()) < 0) {
                return null;
            }
        }
        return bytes;
    }

    /** Appends a sealed batch. After a failure nothing of it is there. */
    void append(TraceBatch batch, long latest) throws IOException {
        FileChannel to = out;
        if (to == null) {
            throw new IOException(file.getFileName() + ": closed (expected: open)");
        }
        long at = summary.length();
        try {
            writeAll(to, ByteBuffer.wrap(batch.bytes(), 0, batch.length()));
        } catch (IOException e) {
            to.truncate(at).position(at);
            throw e;
        }
        BatchReader.Header header = BatchReader.Header.read(ByteBuffer.wrap(batch.bytes(), 0, batch.length()));
        if (header != null) {
            addKeys(batch.bytes(), batch.length(), at, header.first(), header.last());
            TraceIndex.Summary now = summary;
            long disorder = Math.max(now.disorder(), latest - header.first());
            summary = new TraceIndex.Summary(
                    now.entries(), at + batch.length(), now.records(), now.first(), now.last(), disorder);
        }
    }

    private synchronized void addKeys(byte[] bytes, int length, long at, long first, long last) {
        BatchReader reader = new BatchReader(bytes, length);
        long[] keys = new long[64];
        int found = 0;
        int records = 0;
        while (reader.next()) {
            records++;
            keys = found + 3 > keys.length ? Arrays.copyOf(keys, keys.length * 2) : keys;
            found = put(keys, found, reader.clientKey());
            found = put(keys, found, reader.messageKey());
            found = put(keys, found, reader.receivedKey());
        }
        Arrays.sort(keys, 0, found);
        long before = -1;
        for (int i = 0; i < found; i++) {
            if (keys[i] != before) {
                add(TraceIndex.entry(keys[i], at));
                before = keys[i];
            }
        }
        TraceIndex.Summary now = summary;
        summary = new TraceIndex.Summary(
                count,
                now.length(),
                now.records() + records,
                Math.min(now.first(), first),
                Math.max(now.last(), last),
                Math.max(now.disorder(), now.last() - first));
    }

    private static int put(long[] keys, int at, long key) {
        keys[at] = key;
        return key < 0 ? at : at + 1;
    }

    private void add(long entry) {
        long[] present = entries;
        if (present == null) {
            return;
        }
        if (count == present.length) {
            present = Arrays.copyOf(present, count + count / 2);
            entries = present;
        }
        present[count++] = entry;
    }

    /** Nothing is appended from now on: its index is written. */
    void close() throws IOException {
        FileChannel to = out;
        out = null;
        if (to != null) {
            to.close();
        }
        long[] sorted;
        synchronized (this) {
            if (entries == null) {
                return;
            }
            sorted = Arrays.copyOf(entries, count);
        }
        Arrays.sort(sorted);
        TraceIndex.write(index, sorted, sorted.length, summary);
        synchronized (this) {
            entries = null;
        }
    }

    /** Ends its use and removes its files. */
    void delete() throws IOException {
        FileChannel to = out;
        out = null;
        if (to != null) {
            to.close();
        }
        Files.deleteIfExists(index);
        Files.deleteIfExists(file);
    }

    long number() {
        return number;
    }

    String name() {
        return file.getFileName().toString();
    }

    /** How it is now. */
    TraceIndex.Summary summary() {
        return summary;
    }

    /** What its files take, that of the index too when it is not written yet. */
    long bytes() {
        return summary.length() + TraceIndex.bytes(summary.entries());
    }

    /** A file that is being read. */
    FileChannel read() throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /**
     * Offsets of the batches that tell of {@code key}, in their order; of all batches, when the index is damaged.
     *
     * @param damaged told then
     */
    long[] find(long key, Damages damaged) throws IOException {
        long[] held;
        int size;
        synchronized (this) {
            held = entries;
            size = count;
        }
        if (held != null) {
            return among(held, size, key);
        }
        if (summary.entries() == 0) {
            return NOTHING;
        }
        try {
            return TraceIndex.find(index, summary.entries(), key);
        } catch (TraceIndex.DamagedIndexException e) {
            damaged.found(index.getFileName().toString());
            return all();
        }
    }

    private static long[] among(long[] held, int size, long key) {
        long[] found = new long[8];
        int matches = 0;
        for (int i = 0; i < size; i++) {
            if (held[i] >>> TraceIndex.OFFSET_BITS == key) {
                found = matches == found.length ? Arrays.copyOf(found, matches * 2) : found;
                found[matches++] = TraceIndex.offset(held[i]);
            }
        }
        return Arrays.copyOf(found, matches);
    }

    private long[] all() throws IOException {
        try (FileChannel in = read()) {
            long[] found = new long[64];
            int size = 0;
            long end = summary.length();
            for (long at = HEADER; at < end; ) {
                BatchReader.Header header = header(in, at, end);
                if (header == null) {
                    at = search(in, at + 1, end);
                    if (at < 0) {
                        break;
                    }
                    continue;
                }
                found = size == found.length ? Arrays.copyOf(found, size * 2) : found;
                found[size++] = at;
                at += header.length();
            }
            return Arrays.copyOf(found, size);
        }
    }

    private static TraceIndex.Summary withLength(TraceIndex.Summary told, long length) {
        return new TraceIndex.Summary(
                told.entries(), length, told.records(), told.first(), told.last(), told.disorder());
    }
}
