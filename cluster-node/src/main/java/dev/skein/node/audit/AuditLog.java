package dev.skein.node.audit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log: the logger {@code skein.audit}, one line for each event, the fields of a JSON object without its
 * braces, to which the appender adds the time. Costs a comparison while it is off. No writer ever waits: what finds no
 * room is counted, and the next line says how many were lost. Thread-safe.
 */
public final class AuditLog {
    /** Name of its logger. */
    public static final String LOGGER = "skein.audit";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    /** Characters of one value at the most. */
    private static final int LONGEST = 1000;
    /** Ends a value that is longer. */
    private static final String CUT = "...";

    private static final AtomicLong LOST = new AtomicLong();
    private static volatile BooleanSupplier room = () -> true;

    private AuditLog() {}

    /** Whether lines are written. */
    public static boolean isOn() {
        return LOG.isInfoEnabled();
    }

    /** Lines are written only while {@code hasRoom} says so. */
    public static void writeWhile(BooleanSupplier hasRoom) {
        room = hasRoom;
    }

    /** A line of one event, which {@link Line#write} writes. */
    public static Line line(String event) {
        return new Line().with("event", event);
    }

    /** The fields of one line, in their order. */
    public static final class Line {
        private final StringBuilder text = new StringBuilder();

        private Line() {}

        /** Adds a field; null is left out. */
        public Line with(String name, @Nullable String value) {
            if (value != null) {
                name(name).append('"');
                quote(value.length() > LONGEST ? value.substring(0, LONGEST - CUT.length()) + CUT : value);
                text.append('"');
            }
            return this;
        }

        /** Adds a number. */
        public Line with(String name, long value) {
            name(name).append(value);
            return this;
        }

        /** Adds true or false. */
        public Line with(String name, boolean value) {
            name(name).append(value);
            return this;
        }

        private StringBuilder name(String name) {
            return text.append(text.isEmpty() ? "" : ",")
                    .append('"')
                    .append(name)
                    .append("\":");
        }

        /** Whatever is not a plain character of ASCII is escaped: it steers no terminal and begins no line. */
        private void quote(String value) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '"' || c == '\\') {
                    text.append('\\').append(c);
                } else if (c >= ' ' && c < 0x7F) {
                    text.append(c);
                } else {
                    text.append("\\u%04x".formatted((int) c));
                }
            }
        }

        /** Writes it, or counts it as lost. */
        public void write() {
            if (!room.getAsBoolean()) {
                LOST.incrementAndGet();
                return;
            }
            long lost = LOST.getAndSet(0);
            if (lost > 0) {
                LOG.info("{}", AuditLog.line("lost").with("lines", lost));
            }
            LOG.info("{}", this);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
