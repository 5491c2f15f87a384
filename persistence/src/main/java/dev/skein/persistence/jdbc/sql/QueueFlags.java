package dev.skein.persistence.jdbc.sql;

/** The column qos of a queue row: the QoS in the lower two bits, above it the RETAIN flag. */
public final class QueueFlags {
    private static final int QOS = 3;
    private static final int RETAIN = 4;

    private QueueFlags() {}

    public static int of(int qos, boolean retain) {
        return retain ? qos | RETAIN : qos;
    }

    static int qos(int flags) {
        return flags & QOS;
    }

    static boolean retain(int flags) {
        return (flags & RETAIN) != 0;
    }
}
