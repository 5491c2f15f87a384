package dev.skein.node.wiring;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.skein.node.audit.AuditLog;
import dev.skein.node.config.LogSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** The log goes to standard error through a queue, so that a slow terminal does not hold up an event loop. */
public final class Logging {
    private static final int AUDIT_QUEUE = 16_384;
    /** The audit log gives the fields of an object, the appender its time and its braces. */
    private static final String AUDIT_PATTERN = "{\"time\":\"%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC}\",%msg}%n%nopex";

    private Logging() {}

    /**
     * Sets the levels of the settings, and where the audit log goes; of a logging configuration of the user's own all
     * but whether there is an audit log stays as it is.
     *
     * @throws UncheckedIOException when the file of the audit log cannot be written
     */
    public static void begin(LogSettings settings) {
        if (System.getProperty("logback.configurationFile") == null) {
            set(settings);
        } else if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            audit(context, settings);
        }
    }

    /**
     * As {@link #begin}, at any time. The file of the audit log is opened anew: who has moved it away gets a new one.
     */
    public static void set(LogSettings settings) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("dev.skein").setLevel(Level.valueOf(settings.level()));
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.valueOf(settings.libraries()));
            context.getLogger("dev.skein.clients").setLevel(settings.clients() ? Level.DEBUG : null);
            audit(context, settings);
        }
    }

    private static void audit(LoggerContext context, LogSettings settings) {
        Logger logger = context.getLogger(AuditLog.LOGGER);
        if (System.getProperty("logback.configurationFile") != null) {
            logger.setLevel(settings.audit() ? Level.INFO : Level.OFF);
            return;
        }
        if (settings.audit() && !settings.auditFile().isEmpty()) {
            makePrivate(Path.of(settings.auditFile()));
        }
        logger.setAdditive(false);
        AuditLog.writeWhile(() -> false); // what comes meanwhile is counted
        logger.detachAndStopAllAppenders();
        if (!settings.audit()) {
            logger.setLevel(Level.OFF);
            return;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern(AUDIT_PATTERN);
        OutputStreamAppender<ILoggingEvent> to = settings.auditFile().isEmpty() ? console() : file(settings);
        AsyncAppender queue = new AsyncAppender();
        encoder.setContext(context);
        to.setContext(context);
        queue.setContext(context);
        to.setEncoder(encoder);
        queue.setQueueSize(AUDIT_QUEUE);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.addAppender(to);
        encoder.start();
        to.start();
        queue.start();
        logger.addAppender(queue);
        logger.setLevel(Level.INFO);
        AuditLog.writeWhile(() -> queue.getRemainingCapacity() > 0);
    }

    private static OutputStreamAppender<ILoggingEvent> console() {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setTarget("System.err");
        return console;
    }

    private static OutputStreamAppender<ILoggingEvent> file(LogSettings settings) {
        FileAppender<ILoggingEvent> file = new FileAppender<>();
        file.setFile(settings.auditFile());
        file.setAppend(true);
        return file;
    }

    /** Makes the file if there is none; only its user reads it. */
    private static void makePrivate(Path file) {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try (SeekableByteChannel _ = Files.newByteChannel(file, options, attributes)) {
            // It can be written.
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "skein.log.audit-file: " + e.getMessage() + " cannot be written (expected: a file of this user)",
                    e);
        }
    }

    /** The links to other nodes are about to be closed on purpose: that they are cut is no news. */
    public static void linksEnd() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("org.apache.pekko.stream.Materializer").setLevel(Level.ERROR);
        }
    }

    /** Writes out what waits. Nothing is logged after it. */
    public static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }
}
