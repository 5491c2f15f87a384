package dev.skein.loadtest.report;

import java.util.Locale;

/** Numbers for people. */
final class Format {
    private static final double KIB = 1024;

    private Format() {}

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency of its own
    static String text(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }

    /** Milliseconds with as many decimals as three digits need. */
    static String millis(long nanos) {
        double millis = nanos / 1e6;
        if (millis >= 100) {
            return text("%.0f", millis);
        }
        if (millis >= 10) {
            return text("%.1f", millis);
        }
        return text(millis >= 1 ? "%.2f" : "%.3f", millis);
    }

    static String perSecond(double rate) {
        return rate >= 100 || rate == 0 ? text("%,.0f", rate) : text("%.1f", rate);
    }

    static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    static String bytes(double bytes) {
        if (Math.abs(bytes) >= KIB * KIB) {
            return text("%.1f MiB", bytes / KIB / KIB);
        }
        return text("%.1f KiB", bytes / KIB);
    }
}
