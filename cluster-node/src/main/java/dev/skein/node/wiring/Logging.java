package dev.skein.node.wiring;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.skein.node.config.LogSettings;
import org.slf4j.LoggerFactory;

/** The log goes to standard error through a queue, so that a slow terminal does not hold up an event loop. */
public final class Logging {
    private Logging() {}

    /** Sets the levels of the settings; a logging configuration of the user's own stays as it is. */
    public static void begin(LogSettings settings) {
        if (System.getProperty("logback.configurationFile") == null) {
            set(settings);
        }
    }

    /** Sets the levels. */
    public static void set(LogSettings settings) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("dev.skein").setLevel(Level.valueOf(settings.level()));
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.valueOf(settings.libraries()));
            context.getLogger("dev.skein.clients").setLevel(settings.clients() ? Level.DEBUG : null);
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
