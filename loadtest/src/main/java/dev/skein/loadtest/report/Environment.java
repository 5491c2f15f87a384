package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Where and how figures came about.
 *
 * @param version of the load tester
 * @param commandLine as it was called, without passwords
 * @param machine processor, cores and memory
 * @param system kernel
 * @param java that ran the load tester
 */
public record Environment(
        String version, String commandLine, Instant started, String machine, String system, String java) {
    private static final String HIDDEN = "***";
    private static final double GIB = 1L << 30;

    /** This machine now. {@code arguments}: what the command was called with. */
    public static Environment here(List<String> arguments, Instant started) {
        return new Environment(
                readVersion(),
                shown(arguments),
                started.truncatedTo(ChronoUnit.SECONDS),
                readMachine(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("version", version)
                .put("commandLine", commandLine)
                .put("started", started.toString())
                .put("machine", machine)
                .put("system", system)
                .put("java", java);
    }

    private static String readVersion() {
        try (InputStream in = Environment.class.getResourceAsStream("/dev/skein/loadtest/version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException unreadable) {
            return "unknown";
        }
    }

    private static String shown(List<String> arguments) {
        List<String> shown = new ArrayList<>(List.of("skein-load"));
        boolean secret = false;
        for (String argument : arguments) {
            if (secret) {
                shown.add(HIDDEN);
            } else if (argument.startsWith("--password=")) {
                shown.add("--password=" + HIDDEN);
            } else {
                shown.add(argument.contains(" ") ? "'" + argument + "'" : argument);
            }
            secret = argument.equals("--password");
        }
        return String.join(" ", shown);
    }

    private static String readMachine() {
        String processor = field(Path.of("/proc/cpuinfo"), "model name").trim();
        String memory =
                field(Path.of("/proc/meminfo"), "MemTotal").replace("kB", "").trim();
        String cores = Runtime.getRuntime().availableProcessors() + " cores";
        return (processor.isEmpty() ? "" : processor + ", ")
                + cores
                + (memory.isEmpty() ? "" : Format.text(", %.0f GiB", Long.parseLong(memory) * 1024 / GIB));
    }

    /** What stands behind the colon of the first line that begins with {@code name}; empty without such a line. */
    private static String field(Path file, String name) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(name)) {
                    return line.substring(line.indexOf(':') + 1);
                }
            }
        } catch (IOException notLinux) {
            return "";
        }
        return "";
    }
}
