package dev.skein.node.net;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts connections, in all and by address, and lets no more in than a bound of each. Thread-safe.
 *
 * @param <A> an address, or an {@link AddressGroup} where all of one machine count together
 */
public final class AddressCounts<A> {
    private final int max;
    private final int maxPerAddress;
    private final Map<A, Integer> byAddress = new HashMap<>();
    private int all;

    /** What became of one who asked. */
    public enum Outcome {
        /** It counts from now on; {@link AddressCounts#remove} must follow. */
        ADDED,
        /** There are too many in all. */
        FULL,
        /** There are too many of its address. */
        ADDRESS_FULL
    }

    /**
     * @param max in all
     * @param maxPerAddress of one address
     */
    public AddressCounts(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    /** One more of {@code address}, if there is room. */
    public synchronized Outcome add(A address) {
        int here = byAddress.getOrDefault(address, 0);
        if (here >= maxPerAddress) {
            return Outcome.ADDRESS_FULL;
        }
        if (all >= max) {
            return Outcome.FULL;
        }
        all++;
        byAddress.put(address, here + 1);
        return Outcome.ADDED;
    }

    /** One of {@code address} that was added has ended. */
    public synchronized void remove(A address) {
        all--;
        byAddress.computeIfPresent(address, (_, here) -> here == 1 ? null : here - 1);
    }
}
