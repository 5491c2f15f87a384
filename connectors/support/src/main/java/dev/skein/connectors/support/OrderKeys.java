package dev.skein.connectors.support;

import dev.skein.connectors.api.SinkRecord;

/** What keeps records in their order. */
public final class OrderKeys {
    private OrderKeys() {}

    /** What the order of a record hangs on: its own key when it has no order key. */
    public static String of(SinkRecord record) {
        return record.orderKey().isEmpty() ? record.key() : record.orderKey();
    }

    /** One of so many places, the same for each record with that key: 0 to {@code places - 1}. */
    public static int place(SinkRecord record, int places) {
        int hash = of(record).hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), places);
    }
}
