package dev.skein.node.delivery;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Properties;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** How members of a shared subscription are chosen, {@code skein.mqtt.shared-subscriptions.strategy}. */
public enum SharedStrategy {
    /** One after another. */
    ROUND_ROBIN,
    /** The one that has the fewest messages which it has not acknowledged; sessions with a queue in turn. */
    LEAST_IN_FLIGHT,
    /** All messages of one publisher to the same. */
    STICKY,
    /** All messages of one topic to the same. */
    HASH_TOPIC,
    /** All messages with the same first user property to the same; those without one by their topic. */
    HASH_PROPERTY;

    /** The strategy looks at no key. */
    static final long NO_KEY = 0;

    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** Reads {@code skein.mqtt.shared-subscriptions.strategy}. */
    public static SharedStrategy of(String text) {
        return Arrays.stream(values())
                .filter(each -> each.label.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("skein.mqtt.shared-subscriptions.strategy: " + text
                        + " (expected: "
                        + Arrays.stream(values()).map(each -> each.label).collect(Collectors.joining(", "))
                        + ")"));
    }

    /** Messages with the same key go to the same member; {@link #NO_KEY} when the strategy has none. */
    long key(Message message) {
        return switch (this) {
            case ROUND_ROBIN, LEAST_IN_FLIGHT -> NO_KEY;
            case STICKY -> message.origin().hashCode() | 1L << 32;
            case HASH_TOPIC -> message.topic().hashCode() | 1L << 32;
            case HASH_PROPERTY -> property(message) | 1L << 32;
        };
    }

    private static long property(Message message) {
        Properties properties = message.content().properties();
        if (properties == null) {
            return message.topic().hashCode();
        }
        int[] first = {0};
        properties.forEachUser((name, value) -> first[0] = first[0] == 0 ? Objects.hash(name, value) | 1 : first[0]);
        return first[0] == 0 ? message.topic().hashCode() : first[0];
    }

    /** A number that {@code member} has for {@code key}, all over the range. */
    static long weight(long key, long member) {
        long mixed = (key * MIX ^ member) * MIX;
        mixed ^= mixed >>> 29;
        return mixed * MIX;
    }
}
