package dev.skein.loadtest.load;

import java.util.Locale;

/** Names that tell one run's clients and topics from another's. */
public final class RunNames {
    private static final int SHOWN_BITS = 0xFF_FFFF;

    private RunNames() {}

    /** Six hexadecimal digits of a run's number. */
    public static String hex(int run) {
        return String.format(Locale.ROOT, "%06x", run & SHOWN_BITS);
    }

    /** A client prefix that every MQTT 3.1.1 server must accept with a number behind it [MQTT-3.1.3-5]. */
    public static String clientPrefix(int run) {
        return "load" + hex(run);
    }
}
