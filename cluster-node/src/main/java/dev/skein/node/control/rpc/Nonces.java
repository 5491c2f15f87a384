package dev.skein.node.control.rpc;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * Nonces of one access key that this node has seen, so that no request counts twice. Those of one slot of time are kept
 * together and forgotten together, once no request of that time counts any more. When there are too many, the oldest
 * slot is forgotten early, and requests of its time count no more: what is bounded is the memory, not the protection.
 *
 * <p>Thread-safe. Some 100 bytes for each.
 */
final class Nonces {
    private static final long SLOT_MILLIS = 10_000;

    private final int max;
    private final long windowMillis;
    private final TreeMap<Long, Set<String>> slots = new TreeMap<>();
    private int size;
    private long floor = Long.MIN_VALUE;

    /** What is to be thought of a request. */
    enum Verdict {
        /** It counts. */
        NEW,
        /** It was there before. */
        USED,
        /** It may have been there before. */
        TOO_OLD,
        /** There were too many in these seconds. */
        TOO_MANY
    }

    /**
     * @param max nonces to remember at the most
     * @param windowMillis how old a request may be
     */
    Nonces(int max, long windowMillis) {
        this.max = max;
        this.windowMillis = windowMillis;
    }

    /** Remembers a nonce; the request is signed, and its time is within the window. */
    synchronized Verdict use(String nonce, long time, long now) {
        forget(Math.floorDiv(now - windowMillis, SLOT_MILLIS));
        long slot = Math.floorDiv(time, SLOT_MILLIS);
        if (slot < floor) {
            return Verdict.TOO_OLD;
        }
        Set<String> seen = slots.computeIfAbsent(slot, _ -> new HashSet<>());
        if (seen.contains(nonce)) {
            return Verdict.USED;
        }
        while (size >= max && slots.firstKey() < slot) {
            forget(slots.firstKey() + 1);
        }
        if (size >= max) {
            return Verdict.TOO_MANY;
        }
        seen.add(nonce);
        size++;
        return Verdict.NEW;
    }

    /** Forgets all slots before {@code first}. */
    private void forget(long first) {
        while (!slots.isEmpty() && slots.firstKey() < first) {
            size -= slots.pollFirstEntry().getValue().size();
        }
        floor = Math.max(floor, first);
    }
}
