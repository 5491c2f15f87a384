package dev.skein.node;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** The log goes to standard error through a queue, so that a slow terminal does not hold up an event loop. */
final class Logging {
    private Logging() {}

    /** Writes out what waits. Nothing is logged after it. */
    static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }
}
