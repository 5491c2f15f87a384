package dev.skein.node.route.actor;

/** A set of routes in two numbers: how many, and the sum of their hashes, which no order changes. Not thread-safe. */
final class RouteSum {
    private static final long BASIS = 0xCBF29CE484222325L;
    private static final long PRIME = 0x100000001B3L;
    private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
    private static final long MIX_2 = 0x94D049BB133111EBL;
    private static final int SHIFT_1 = 30;
    private static final int SHIFT_2 = 27;
    private static final int SHIFT_3 = 31;

    private long count;
    private long hash;

    void add(String instance, String filter) {
        count++;
        // An instance id holds no '|'.
        hash += mixed(hashed(hashed(BASIS, instance) * PRIME ^ '|', filter));
    }

    void add(long sessionId) {
        count++;
        hash += mixed(sessionId);
    }

    long count() {
        return count;
    }

    long hash() {
        return hash;
    }

    private static long hashed(long from, String text) {
        long hash = from;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }

    /** Spreads each bit over all of them: sums of neighbours then differ. */
    private static long mixed(long value) {
        long mixed = (value ^ (value >>> SHIFT_1)) * MIX_1;
        mixed = (mixed ^ (mixed >>> SHIFT_2)) * MIX_2;
        return mixed ^ (mixed >>> SHIFT_3);
    }
}
