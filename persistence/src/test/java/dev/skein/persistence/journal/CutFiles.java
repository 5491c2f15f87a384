package dev.skein.persistence.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory that remembers everything that was done to it, and tells what a power cut at any moment may
 * leave: of what was written since a file was last forced each write may be there, not there, or there in part, in any
 * order.
 */
final class CutFiles implements JournalFiles {
    private static final int SECTOR = 512;

    private final Map<String, Content> files = new TreeMap<>();
    private final List<Step> log = new ArrayList<>();
    private int made;

    /** Something that was done. */
    sealed interface Step {}

    private record Create(String name, int file) implements Step {}

    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    private record Write(int file, long position, byte[] bytes) implements Step {}

    private record Truncate(int file, long size) implements Step {}

    private record Force(int file) implements Step {}

    private record Rename(String from, String to) implements Step {}

    private record Delete(String name) implements Step {}

    private record ForceNames() implements Step {}

    /** Something that a test wants to find again among the others. */
    record Event(Object what) implements Step {}

    /** A file. */
    static final class Content {
        private final int id;
        private byte[] bytes = new byte[0];
        private int size;
        private long badFrom = Long.MAX_VALUE;
        private long badTo;

        Content(int id) {
            this.id = id;
        }

        void write(long position, byte[] from, int length) {
            int end = (int) position + length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            System.arraycopy(from, 0, bytes, (int) position, length);
            size = Math.max(size, end);
        }

        void truncate(long to) {
            if (to < size) {
                Arrays.fill(bytes, (int) to, size, (byte) 0);
                size = (int) to;
            }
        }

        /** What it holds; changed by a test it is damaged. */
        byte[] bytes() {
            return bytes;
        }

        int size() {
            return size;
        }

        /** The disk does not give these bytes any more. */
        void spoil(long from, long to) {
            badFrom = from;
            badTo = to;
        }

        /** Changes a byte of a text. */
        void flip(String text) {
            int at = new String(bytes, ISO_8859_1).lastIndexOf(text);
            bytes[at] ^= 1;
        }
    }

    synchronized void note(Object what) {
        log.add(new Event(what));
    }

    synchronized List<Step> log() {
        return List.copyOf(log);
    }

    synchronized Content content(String name) {
        return Objects.requireNonNull(files.get(name));
    }

    /** A copy whose files may be changed. */
    synchronized CutFiles copy() {
        CutFiles copy = new CutFiles();
        files.forEach((name, content) -> copy.put(name, content));
        return copy;
    }

    private void put(String name, Content content) {
        Content here = new Content(++made);
        here.write(0, content.bytes, content.size);
        files.put(name, here);
    }

    synchronized void remove(String name) {
        files.remove(name);
    }

    // What a cut leaves

    /** What the first {@code steps} steps leave when power is lost behind them. */
    static CutFiles image(List<Step> log, int steps, RandomGenerator random) {
        Map<Integer, Content> stored = new HashMap<>();
        Map<Integer, List<Step>> pending = new HashMap<>();
        Map<String, Integer> names = new TreeMap<>();
        List<Step> pendingNames = new ArrayList<>();
        for (Step step : log.subList(0, steps)) {
            switch (step) {
                case Create create -> {
                    stored.put(create.file, new Content(create.file));
                    pendingNames.add(create);
                }
                case Write write ->
                    pending.computeIfAbsent(write.file, _ -> new ArrayList<>()).add(write);
                case Truncate cut ->
                    pending.computeIfAbsent(cut.file, _ -> new ArrayList<>()).add(cut);
                case Force force -> {
                    Content content = Objects.requireNonNull(stored.get(force.file));
                    pending.getOrDefault(force.file, List.of()).forEach(each -> keep(each, content, null));
                    pending.remove(force.file);
                }
                case Rename _, Delete _ -> pendingNames.add(step);
                case ForceNames _ -> {
                    pendingNames.forEach(each -> name(each, names));
                    pendingNames.clear();
                }
                case Event _ -> {}
            }
        }
        // Names change in order, as in a file system with a journal of its own.
        int kept = random.nextInt(pendingNames.size() + 1);
        pendingNames.subList(0, kept).forEach(each -> name(each, names));
        int mood = random.nextInt(4);
        pending.forEach((file, steps2) -> {
            Content content = Objects.requireNonNull(stored.get(file));
            for (Step each : steps2) {
                boolean there = mood == 0 || (mood != 1 && random.nextBoolean());
                if (there) {
                    keep(each, content, mood == 0 ? null : random);
                }
            }
        });
        CutFiles image = new CutFiles();
        names.forEach((name, file) -> image.put(name, Objects.requireNonNull(stored.get(file))));
        return image;
    }

    /** What the first {@code steps} steps leave when the process is killed behind them. */
    static CutFiles killed(List<Step> log, int steps) {
        Map<Integer, Content> stored = new HashMap<>();
        Map<String, Integer> names = new TreeMap<>();
        for (Step step : log.subList(0, steps)) {
            switch (step) {
                case Create create -> {
                    stored.put(create.file, new Content(create.file));
                    name(create, names);
                }
                case Write write -> keep(write, Objects.requireNonNull(stored.get(write.file)), null);
                case Truncate cut -> keep(cut, Objects.requireNonNull(stored.get(cut.file)), null);
                case Rename _, Delete _ -> name(step, names);
                case Force _, ForceNames _, Event _ -> {}
            }
        }
        CutFiles image = new CutFiles();
        names.forEach((name, file) -> image.put(name, Objects.requireNonNull(stored.get(file))));
        return image;
    }

    private static void keep(Step step, Content content, @Nullable RandomGenerator torn) {
        switch (step) {
            case Write write -> {
                int length = write.bytes.length;
                if (torn != null && torn.nextInt(3) == 0) {
                    int cut = torn.nextInt(length + 1);
                    length = torn.nextBoolean() ? cut : cut / SECTOR * SECTOR;
                    if (torn.nextBoolean()) { // the beginning is missing instead of the end
                        byte[] rest = Arrays.copyOfRange(write.bytes, length, write.bytes.length);
                        content.write(write.position + length, rest, rest.length);
                        return;
                    }
                }
                content.write(write.position, write.bytes, length);
            }
            case Truncate cut -> content.truncate(cut.size);
            default -> throw new AssertionError(step);
        }
    }

    private static void name(Step step, Map<String, Integer> names) {
        switch (step) {
            case Create(var name, var file) -> names.put(name, file);
            case Rename(var from, var to) -> {
                Integer file = names.remove(from);
                if (file != null) {
                    names.put(to, file);
                }
            }
            case Delete(var name) -> names.remove(name);
            default -> throw new AssertionError(step);
        }
    }

    // The directory

    @Override
    public synchronized List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public synchronized Handle create(String name) {
        Content content = new Content(++made);
        files.put(name, content);
        log.add(new Create(name, content.id));
        return new Open(content);
    }

    @Override
    public synchronized Handle open(String name) throws IOException {
        Content content = files.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        return new Open(content);
    }

    @Override
    public synchronized void rename(String from, String to) {
        files.put(to, Objects.requireNonNull(files.remove(from)));
        log.add(new Rename(from, to));
    }

    @Override
    public synchronized void delete(String name) {
        files.remove(name);
        log.add(new Delete(name));
    }

    @Override
    public synchronized void force() {
        log.add(new ForceNames());
    }

    @Override
    public String place() {
        return "memory";
    }

    private final class Open implements Handle {
        private final Content content;

        Open(Content content) {
            this.content = content;
        }

        @Override
        public void write(ByteBuffer bytes, long position) {
            byte[] all = new byte[bytes.remaining()];
            bytes.get(all);
            synchronized (CutFiles.this) {
                content.write(position, all, all.length);
                log.add(new Write(content.id, position, all));
            }
        }

        @Override
        public void read(ByteBuffer bytes, long position) throws IOException {
            synchronized (CutFiles.this) {
                if (position < content.badTo && position + bytes.remaining() > content.badFrom) {
                    throw new IOException("Input/output error");
                }
                int length = (int) Math.min(bytes.remaining(), content.size - position);
                if (length > 0) {
                    bytes.put(content.bytes, (int) position, length);
                }
            }
        }

        @Override
        public void force() {
            synchronized (CutFiles.this) {
                log.add(new Force(content.id));
            }
        }

        @Override
        public long size() {
            synchronized (CutFiles.this) {
                return content.size;
            }
        }

        @Override
        public void truncate(long size) {
            synchronized (CutFiles.this) {
                content.truncate(size);
                log.add(new Truncate(content.id, size));
            }
        }

        @Override
        public void close() {}
    }
}
