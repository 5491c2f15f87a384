package dev.skein.node.config;

import com.typesafe.config.Config;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What is logged, read from {@code skein.log}.
 *
 * @param level of Skein's own lines: TRACE, DEBUG, INFO, WARN, ERROR or OFF
 * @param libraries level of the lines of Pekko, Netty and others
 * @param clients whether each connect, disconnect, subscribe and unsubscribe is a line
 * @param audit whether there is an audit log
 * @param auditFile its file; empty for standard error
 */
public record LogSettings(String level, String libraries, boolean clients, boolean audit, String auditFile) {
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    /** Reads the section {@code skein.log}; an exception names the key. */
    public static LogSettings from(Config log) {
        return new LogSettings(
                level(log, "level"),
                level(log, "level-libraries"),
                log.getBoolean("clients"),
                log.getBoolean("audit"),
                file(log.getString("audit-file")));
    }

    private static String file(String text) {
        try {
            return Path.of(text).toString();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("skein.log.audit-file: " + text + " (expected: a path)", e);
        }
    }

    private static String level(Config log, String key) {
        String word = log.getString(key);
        String level = word.toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw new IllegalArgumentException(
                    "skein.log." + key + ": " + word + " (expected: " + String.join(", ", LEVELS) + ")");
        }
        return level;
    }
}
