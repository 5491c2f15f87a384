package dev.skein.persistence.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A directory of the file system. Nobody but the user of this process may read what it makes. */
public final class DiskFiles implements JournalFiles {
    /** Given to the system at a time: it copies what is on the heap beside it, and keeps the copy. */
    private static final int PIECE = 256 * 1024;

    private final Path directory;

    /** The directory is made with the first file. */
    public DiskFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.notExists(directory)) {
            return names;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                names.add(String.valueOf(file.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    @Override
    public Handle create(String name) throws IOException {
        make();
        Set<OpenOption> options = Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        return new DiskHandle(FileChannel.open(directory.resolve(name), options, rights("rw-------")));
    }

    /** Makes the directory when it is not there. */
    public void make() throws IOException {
        if (Files.notExists(directory)) {
            Files.createDirectories(directory, rights("rwx------"));
            forceDirectory(directory.toAbsolutePath().getParent());
        }
    }

    private FileAttribute<?>[] rights(String rights) {
        return rights(directory, rights);
    }

    /** Rights for a new file at {@code path}, where its file system knows any. */
    public static FileAttribute<?>[] rights(Path path, String rights) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    @Override
    public Handle open(String name) throws IOException {
        return new DiskHandle(
                FileChannel.open(directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void force() throws IOException {
        forceDirectory(directory);
    }

    /**
     * Names in a directory are on the disk afterwards. Where a directory cannot be opened, as on Windows, the file
     * system does it by itself.
     */
    public static void forceDirectory(@Nullable Path directory) throws IOException {
        if (directory == null) {
            return;
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            return;
        }
        try (channel) {
            channel.force(true);
        }
    }

    @Override
    public String place() {
        return directory.toString();
    }

    private record DiskHandle(FileChannel channel) implements Handle {
        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            int limit = bytes.limit();
            while (bytes.position() < limit) {
                bytes.limit(Math.min(limit, bytes.position() + PIECE));
                at += channel.write(bytes, at);
            }
        }

        @Override
        public void read(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            int limit = bytes.limit();
            try {
                while (bytes.position() < limit) {
                    bytes.limit(Math.min(limit, bytes.position() + PIECE));
                    int read = channel.read(bytes, at);
                    if (read < 0) {
                        return;
                    }
                    at += read;
                }
            } finally {
                bytes.limit(limit);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
