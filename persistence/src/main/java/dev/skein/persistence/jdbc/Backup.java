package dev.skein.persistence.jdbc;

import dev.skein.persistence.journal.DiskFiles;
import dev.skein.persistence.journal.Journal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Copies of the files of an embedded store: a data directory like any other. Confined to one thread. */
final class Backup {
    private static final String ARCHIVE = "skein.backup.zip";

    private Backup() {}

    /** Copies the database while it is open. */
    interface DatabaseCopy {
        /** Writes it to {@code archive}, a file in H2's form of a backup. */
        void to(Path archive) throws IOException;
    }

    /**
     * Copies a store that is used meanwhile: first the database, then the journal, of which no file may go until then.
     *
     * @param target is made; must be empty when it is there
     */
    static void running(EmbeddedFile store, Path target, DatabaseCopy database) throws IOException {
        prepare(target);
        EmbeddedFile copy = at(store, target);
        Path archive = target.resolve(ARCHIVE);
        database.to(archive);
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(String.valueOf(store.file().getFileName()))) {
                    write(zip, copy.file());
                }
            }
        }
        Files.delete(archive);
        if (Files.notExists(copy.file())) {
            throw new IOException(archive + " (expected: " + store.file().getFileName() + " in it)");
        }
        journal(store, copy);
        DiskFiles.forceDirectory(target);
    }

    /** Copies a store that nobody uses. */
    static void resting(EmbeddedFile store, EmbeddedFile copy) throws IOException {
        Path target = copy.file().toAbsolutePath().getParent();
        try (InputStream in = Files.newInputStream(store.file())) {
            write(in, copy.file());
        }
        journal(store, copy);
        DiskFiles.forceDirectory(target);
    }

    /** Makes a directory, or takes one that is empty. */
    static void prepare(Path target) throws IOException {
        new DiskFiles(target).make();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(target)) {
            if (files.iterator().hasNext()) {
                throw new IOException(target + " is not empty (expected: an empty directory, or none)");
            }
        }
    }

    /** The same file in another directory. */
    static EmbeddedFile at(EmbeddedFile store, Path directory) {
        return new EmbeddedFile(directory.toAbsolutePath().resolve(store.file().getFileName()));
    }

    private static void journal(EmbeddedFile store, EmbeddedFile copy) throws IOException {
        if (Files.notExists(store.journal())) {
            return;
        }
        new DiskFiles(copy.journal()).make();
        for (String name :
                new DiskFiles(store.journal()).list().stream().sorted().toList()) {
            if (Journal.isFile(name)) {
                try (InputStream in = Files.newInputStream(store.journal().resolve(name))) {
                    write(in, copy.journal().resolve(name));
                }
            }
        }
        DiskFiles.forceDirectory(copy.journal());
    }

    /** Makes {@code file}, for this user alone, with what is left to be read; it is on the disk then. */
    static void write(InputStream from, Path file) throws IOException {
        Files.createFile(file, DiskFiles.rights(file, "rw-------"));
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            from.transferTo(Channels.newOutputStream(out));
            out.force(true);
        }
    }
}
