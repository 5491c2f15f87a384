package dev.skein.node.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of addresses in the notation of CIDR, such as {@code 10.0.0.0/8}; an address alone is a range of one.
 * Immutable.
 */
public final class Networks {
    private final List<Range> ranges;

    private static final class Range {
        private final byte[] address;
        private final int prefix;

        private Range(byte[] address, int prefix) {
            this.address = address;
            this.prefix = prefix;
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = prefix / Byte.SIZE;
            for (int i = 0; i < whole; i++) {
                if (address[i] != other[i]) {
                    return false;
                }
            }
            int mask = 0xFF00 >> (prefix % Byte.SIZE) & 0xFF;
            return mask == 0 || (address[whole] & mask) == (other[whole] & mask);
        }
    }

    private Networks(List<Range> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    /**
     * Reads them.
     *
     * @param key full name of the setting
     * @throws IllegalArgumentException naming the key and the first word that is no range
     */
    public static Networks parse(String key, List<String> words) {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            Range range = range(words.get(i).strip());
            if (range == null) {
                throw new IllegalArgumentException("%s[%d]: %s (expected: an address, or a range such as 10.0.0.0/8)"
                        .formatted(key, i, words.get(i)));
            }
            ranges.add(range);
        }
        return new Networks(ranges);
    }

    private static @Nullable Range range(String word) {
        int slash = word.indexOf('/');
        String literal = slash < 0 ? word : word.substring(0, slash);
        if (literal.indexOf(':') < 0 && literal.split("\\.", -1).length != Integer.BYTES) {
            return null; // 10.1 is 10.0.0.1 to the JDK, and something else to who writes it
        }
        try {
            byte[] address = InetAddress.ofLiteral(literal).getAddress();
            int bits = address.length * Byte.SIZE;
            int prefix = slash < 0 ? bits : Integer.parseInt(word.substring(slash + 1));
            return prefix < 0 || prefix > bits ? null : new Range(address, prefix);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether {@code address} is in one of them. */
    public boolean contain(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ranges.stream().anyMatch(range -> range.contains(bytes));
    }
}
