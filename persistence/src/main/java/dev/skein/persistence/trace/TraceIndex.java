package dev.skein.persistence.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The index file of a segment that is written no more: which batches tell of a key. Sorted entries in blocks with
 * checksums; since keys are hashes, where an entry stands is nearly told by its value, and nothing of the file is kept
 * in memory. It can be made again of its segment at any time.
 */
final class TraceIndex {
    /** Of the offset of a batch in its segment, in the lower bits of an entry. */
    static final int OFFSET_BITS = 26;

    private static final long MAGIC = 0x534B454958303100L;
    private static final int BLOCK = 4096;
    private static final int ENTRIES = BLOCK / Long.BYTES - 1;
    private static final int CHECKED = ENTRIES * Long.BYTES;
    private static final int NEAR = 4;
    private static final byte[] NOTHING = new byte[BLOCK];

    private TraceIndex() {}

    /**
     * What the index says of its segment.
     *
     * @param entries of the index
     * @param length of the segment, in bytes
     * @param records in it
     * @param first time of a record
     * @param last time of a record
     * @param disorder milliseconds by which a record may be older than one of a batch before it
     */
    record Summary(long entries, long length, long records, long first, long last, long disorder) {}

    /** A block cannot be read. */
    static final class DamagedIndexException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedIndexException(Path file) {
            super(file.getFileName() + ": damaged");
        }
    }

    static long entry(long key, long offset) {
        return (key << OFFSET_BITS) | offset;
    }

    static long offset(long entry) {
        return entry & ((1L << OFFSET_BITS) - 1);
    }

    /** Writes {@code count} sorted entries; the file has its name when it is whole. */
    static void write(Path file, long[] entries, int count, Summary summary) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            block.putLong(MAGIC)
                    .putLong(summary.entries())
                    .putLong(summary.length())
                    .putLong(summary.records())
                    .putLong(summary.first())
                    .putLong(summary.last())
                    .putLong(summary.disorder());
            put(out, block);
            for (int at = 0; at < count; at += ENTRIES) {
                for (int i = at; i < Math.min(count, at + ENTRIES); i++) {
                    block.putLong(entries[i]);
                }
                put(out, block);
            }
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void put(FileChannel out, ByteBuffer block) throws IOException {
        block.put(NOTHING, 0, block.remaining());
        block.putInt(CHECKED, checksum(block)).clear();
        while (block.hasRemaining()) {
            out.write(block);
        }
        block.clear();
    }

    private static int checksum(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        crc.update(block.duplicate().position(0).limit(CHECKED));
        return (int) crc.getValue();
    }

    /** What it says; null when there is no whole index. */
    static @Nullable Summary summary(Path file) {
        if (!Files.exists(file)) {
            return null;
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            if (!read(in, block, 0) || block.getLong() != MAGIC) {
                return null;
            }
            Summary told = new Summary(
                    block.getLong(),
                    block.getLong(),
                    block.getLong(),
                    block.getLong(),
                    block.getLong(),
                    block.getLong());
            return in.size() == bytes(told.entries()) ? told : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** What the file of so many entries takes. */
    static long bytes(long entries) {
        return BLOCK * (1 + blocks(entries));
    }

    private static long blocks(long entries) {
        return (entries + ENTRIES - 1) / ENTRIES;
    }

    private static boolean read(FileChannel in, ByteBuffer block, long number) throws IOException {
        block.clear();
        long at = number * BLOCK;
        while (block.hasRemaining()) {
            if (in.read(block, at + block.position()) < 0) {
                return false;
            }
        }
        block.flip();
        return block.getInt(CHECKED) == checksum(block);
    }

    /**
     * Offsets of the batches that tell of {@code key}, in their order.
     *
     * @param count entries of the index
     */
    static long[] find(Path file, long count, long key) throws IOException {
        if (count == 0) {
            return new long[0];
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Search(file, in, count, entry(key, 0)).run(entry(key + 1, 0));
        }
    }

    /** One search for the entries from {@code from} on. */
    private static final class Search {
        private final Path file;
        private final FileChannel in;
        private final long count;
        private final long from;
        private final ByteBuffer block = ByteBuffer.allocate(BLOCK);
        private long[] found = new long[8];
        private int size;

        Search(Path file, FileChannel in, long count, long from) {
            this.file = file;
            this.in = in;
            this.count = count;
            this.from = from;
        }

        long[] run(long to) throws IOException {
            for (long number = first(); number < blocks(count); number++) {
                load(number);
                for (int i = 0; i < held(number); i++) {
                    long entry = block.getLong(i * Long.BYTES);
                    if (entry >= to) {
                        return Arrays.copyOf(found, size);
                    }
                    if (entry >= from) {
                        add(offset(entry));
                    }
                }
            }
            return Arrays.copyOf(found, size);
        }

        /** The first block whose last entry is not before {@code from}; looked for where it should be, then around. */
        private long first() throws IOException {
            long low = 0;
            long high = blocks(count) - 1;
            double share = (double) from / ((double) (1L << TraceHash.BITS) * (1L << OFFSET_BITS));
            long probe = Math.clamp((long) (share * (high + 1)), low, high);
            for (int probes = 1; low < high; probes++) {
                load(probe);
                if (block.getLong((held(probe) - 1) * Long.BYTES) < from) {
                    low = probe + 1;
                    probe = probes < NEAR ? low : (low + high) / 2;
                } else if (block.getLong(0) < from) {
                    return probe;
                } else {
                    high = probe;
                    probe = probes < NEAR ? Math.max(low, high - 1) : (low + high) / 2;
                }
            }
            return low;
        }

        private int held(long number) {
            return (int) Math.min(ENTRIES, count - number * ENTRIES);
        }

        private void load(long number) throws IOException {
            if (!read(in, block, number + 1)) {
                throw new DamagedIndexException(file);
            }
        }

        private void add(long offset) {
            if (size == found.length) {
                found = Arrays.copyOf(found, size * 2);
            }
            found[size++] = offset;
        }
    }
}
