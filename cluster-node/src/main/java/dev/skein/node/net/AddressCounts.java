package dev.skein.node.net;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** Counts connections, in all and by address, and lets no more in than a bound of each. Thread-safe. */
public final class AddressCounts {
    private final int max;
    private final int maxPerAddress;
    private final Map<AddressGroup, Integer> byAddress = new HashMap<>();
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
     * @param maxPerAddress of one address, see {@link AddressGroup}
     */
    public AddressCounts(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    /** One more of {@code address}, if there is room. */
    public synchronized Outcome add(InetAddress address) {
        AddressGroup group = AddressGroup.of(address);
        int here = byAddress.getOrDefault(group, 0);
        if (here >= maxPerAddress) {
            return Outcome.ADDRESS_FULL;
        }
        if (all >= max) {
            return Outcome.FULL;
        }
        all++;
        byAddress.put(group, here + 1);
        return Outcome.ADDED;
    }

    /** One of {@code address} that was added has ended. */
    public synchronized void remove(InetAddress address) {
        all--;
        byAddress.computeIfPresent(AddressGroup.of(address), (_, here) -> here == 1 ? null : here - 1);
    }
}
