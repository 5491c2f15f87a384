package dev.skein.node.reliability;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the JVM of a process about its heap. */
final class Jvm {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private Jvm() {}

    /** KiB of the heap in use after full collections: what the first one only clears, the second one frees. */
    static long usedHeap(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.class_histogram"); // GC.run is concurrent here, and leaves garbage
        jcmd(pid, "GC.class_histogram");
        Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
        if (!used.find()) {
            throw new IllegalStateException("GC.heap_info: no figure (expected: \"used ...K\")");
        }
        return Long.parseLong(used.group(1));
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process process = new ProcessBuilder(tool, Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("jcmd " + command + ": " + output);
        }
        return output;
    }
}
