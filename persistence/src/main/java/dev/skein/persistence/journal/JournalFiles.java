package dev.skein.persistence.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The directory of a journal. Tests put one in its place that loses power. Any thread. */
public interface JournalFiles {
    /** Names of the files, in any order. Makes the directory when it is not there. */
    List<String> list() throws IOException;

    /** A new empty file; one of that name is emptied. */
    Handle create(String name) throws IOException;

    /** A file that is there. */
    Handle open(String name) throws IOException;

    /** Gives a file another name; on the disk after {@link #force}. */
    void rename(String from, String to) throws IOException;

    /** Removes a file; on the disk after {@link #force}, or later. */
    void delete(String name) throws IOException;

    /** Names that were made, changed and removed are on the disk afterwards. */
    void force() throws IOException;

    /** Where it is, for messages to people. */
    String place();

    /** One file. */
    interface Handle extends AutoCloseable {
        /** Writes all that remains in {@code bytes} at {@code position}. */
        void write(ByteBuffer bytes, long position) throws IOException;

        /** Reads until {@code bytes} is full or the file ends. */
        void read(ByteBuffer bytes, long position) throws IOException;

        /** What was written is on the disk afterwards. */
        void force() throws IOException;

        /** In bytes. */
        long size() throws IOException;

        /** Cuts off what is behind {@code size}. */
        void truncate(long size) throws IOException;

        @Override
        void close() throws IOException;
    }
}
