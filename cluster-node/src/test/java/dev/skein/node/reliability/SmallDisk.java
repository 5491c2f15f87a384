package dev.skein.node.reliability;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system of its own that can be filled and gets its room back. Only root may mount one. */
public final class SmallDisk implements AutoCloseable {
    private static final int CHUNK = 1 << 20;

    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    /**
     * Mounts one; skips the test where that is refused.
     *
     * @param size such as {@code 40m}
     */
    public static SmallDisk at(Path path, String size) throws IOException, InterruptedException {
        Files.createDirectories(path);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()) == 0;
        assumeTrue(mounted, "mount: refused (expected: root, which may mount a small tmpfs for this test)");
        return new SmallDisk(path);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }

    /** Where it is mounted. */
    public Path path() {
        return path;
    }

    /** Takes all its room but {@code bytes}. */
    public void leave(long bytes) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast())) {
            for (long left = path.toFile().getUsableSpace() - bytes; left > 0; left -= CHUNK) {
                out.write(new byte[(int) Math.min(left, CHUNK)]);
            }
        }
    }

    /** Gives back what {@link #leave} has taken. */
    public void giveBack() throws IOException {
        Files.delete(ballast());
    }

    private Path ballast() {
        return path.resolve("ballast");
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", "-l", path.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
