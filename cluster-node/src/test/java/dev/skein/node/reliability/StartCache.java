package dev.skein.node.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;

/**
 * The cache that shortens the start of a node. It is made once, before the first node of the tests: later it would be
 * made beside them.
 */
public final class StartCache {
    private static final Path BUILT = Path.of("target").toAbsolutePath();
    /** Where it is, when there is one. */
    public static final Path FILE = BUILT.resolve("skein.aot");

    private static final Path OF = BUILT.resolve("skein.aot.of");

    private StartCache() {}

    /** What {@code SKEIN_AOT} has to say: nodes use the cache, or there is none. */
    public static String use() {
        return Made.MADE ? "on" : "off";
    }

    /** The first that asks makes it, and the others wait. */
    private static final class Made {
        private static final boolean MADE = make();
    }

    private static boolean make() {
        ProcessBuilder maker = new ProcessBuilder(SkeinProcess.script().toString(), "make-start-cache")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        maker.environment().keySet().removeIf(name -> name.startsWith("SKEIN_"));
        try {
            maker.start().waitFor();
            return isCurrent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The launcher gives up on a starved machine; a cache of an earlier build would be made anew beside the test. */
    private static boolean isCurrent() throws IOException {
        if (!Files.exists(OF)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(OF);
        try (Stream<Path> jars = Files.list(BUILT)) {
            for (Path jar :
                    jars.filter(each -> each.toString().endsWith(".jar")).toList()) {
                if (Files.getLastModifiedTime(jar).compareTo(made) > 0) {
                    return false;
                }
            }
        }
        return Files.getLastModifiedTime(BUILT.resolve("lib")).compareTo(made) <= 0;
    }
}
