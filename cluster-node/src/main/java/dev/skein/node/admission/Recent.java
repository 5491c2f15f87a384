package dev.skein.node.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Something for each of those that were asked for last; the others are forgotten. Thread-safe. */
final class Recent<K, V> {
    private final LinkedHashMap<K, V> byKey;

    /** @param max how many are remembered */
    Recent(int max) {
        byKey = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > max;
            }
        };
    }

    /** That of {@code key}; made when it is not remembered. */
    synchronized V of(K key, Function<K, V> make) {
        return byKey.computeIfAbsent(key, make);
    }
}
