package dev.skein.persistence.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal: a header, then records. The writing thread appends; any thread reads what was appended. A
 * file gets its name when its header is on the disk: one without a whole header is damaged.
 */
final class Segment {
    /** Bytes in front of the first record: magic (8), number (8), first record (8), salt (4), checksum (4). */
    static final int HEADER = 32;

    /** What a disk does not give has this size, or a multiple of it. */
    private static final int PLACE = 4096;

    private static final long MAGIC =
            ByteBuffer.wrap("SKEINJ01".getBytes(StandardCharsets.US_ASCII)).getLong();
    private static final Pattern NAME = Pattern.compile("(\\d{12,18})\\.journal");
    private static final String UNFINISHED = ".new";
    /** Added to the name of a file of which a part cannot be read. */
    static final String DAMAGED = ".damaged";

    private final String name;
    private final long number;
    private final long first;
    private final int salt;
    private final JournalFiles.Handle file;
    /** Where the records end; grows on the writing thread. */
    private volatile long end;
    /** Number of the last record; guarded by the index. */
    long last;
    /** What it holds that counts and is not in the tables; guarded by the index. */
    int live;
    /** Whether a part of it cannot be read. */
    volatile boolean damaged;

    private Segment(String name, long number, long first, int salt, JournalFiles.Handle file, long end) {
        this.name = name;
        this.number = number;
        this.first = first;
        this.salt = salt;
        this.file = file;
        this.end = end;
        this.last = first - 1;
    }

    /** The name of the segment of this number. */
    static String name(long number) {
        return "%012d.journal".formatted(number);
    }

    /** The number in the name of a segment; empty for another file. */
    static Optional<Long> number(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }

    /** Whether it is what is left of a {@link #create} that was cut short. */
    static boolean isUnfinished(String name) {
        return name.endsWith(UNFINISHED);
    }

    /** A new one, on the disk with its name. */
    static Segment create(JournalFiles files, long number, long first, int salt) throws IOException {
        String name = name(number);
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.putLong(MAGIC).putLong(number).putLong(first).putInt(salt);
        header.putInt(checksum(header)).flip();
        JournalFiles.Handle file = files.create(name + UNFINISHED);
        try {
            file.write(header, 0);
            file.force();
            files.rename(name + UNFINISHED, name);
            files.force();
        } catch (IOException | RuntimeException e) {
            try (file) {
                files.delete(name + UNFINISHED);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        return new Segment(name, number, first, salt, file, HEADER);
    }

    /** One that is there; null when its header is not whole. It ends where the file ends. */
    static @Nullable Segment open(JournalFiles files, String name, long number) throws IOException {
        JournalFiles.Handle file = files.open(name);
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        file.read(header, 0);
        boolean whole = header.position() == HEADER
                && header.getLong(0) == MAGIC
                && header.getLong(8) == number
                && header.getInt(HEADER - Integer.BYTES) == checksum(header);
        if (!whole) {
            file.close();
            return null;
        }
        return new Segment(name, number, header.getLong(16), header.getInt(24), file, file.size());
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, HEADER - Integer.BYTES));
        return (int) crc.getValue();
    }

    String name() {
        return name;
    }

    long number() {
        return number;
    }

    /** Number of the first record. */
    long first() {
        return first;
    }

    int salt() {
        return salt;
    }

    /** Where the records end. */
    long end() {
        return end;
    }

    /** Appends; nothing counts of it when it throws. */
    void append(ByteBuffer records) throws IOException {
        long grown = end + records.remaining();
        file.write(records, end);
        end = grown;
    }

    /** What was appended is on the disk afterwards. */
    void force() throws IOException {
        file.force();
    }

    /** Cuts off what does not count: what a failed group has left. It does not count when this throws, either. */
    void cut(long at) throws IOException {
        end = at;
        file.truncate(at);
    }

    /**
     * Reads until {@code bytes} is full or the file ends. A place that the disk does not give is left zero, which is no
     * record, so that it costs what stands there and not all that stands behind it.
     *
     * @throws IOException when it gives nothing at all
     */
    void read(ByteBuffer bytes, long offset) throws IOException {
        int start = bytes.position();
        try {
            file.read(bytes, offset);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            bytes.position(start);
            readPieces(bytes, offset, e);
        }
    }

    private void readPieces(ByteBuffer bytes, long offset, IOException cause) throws IOException {
        boolean any = false;
        long place = offset;
        for (int at = bytes.position(); at < bytes.limit(); ) {
            int length = Math.min(PLACE - (int) (place % PLACE), bytes.limit() - at);
            ByteBuffer piece = bytes.slice(at, length);
            try {
                file.read(piece, place);
                any = true;
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                piece.rewind();
                piece.put(new byte[length]);
            }
            at += length;
            place += length;
        }
        if (!any) {
            throw cause;
        }
        bytes.position(bytes.limit());
    }

    /**
     * Reads one record.
     *
     * @return null when it is damaged
     * @throws IOException when it cannot be read, as after {@link #close}
     */
    RecordCodec.@Nullable Framed record(long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        read(bytes, offset);
        bytes.flip();
        if (RecordCodec.length(bytes) != length || bytes.remaining() < length) {
            return null;
        }
        return RecordCodec.take(bytes, length, salt);
    }

    /** Nobody reads it any more. */
    void close() throws IOException {
        file.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
