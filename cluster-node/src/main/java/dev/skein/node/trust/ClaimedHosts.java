package dev.skein.node.trust;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which host each incarnation of a node has claimed as its address, by the identifier that all it sends carries. What
 * is sent under it later must come over a connection whose certificate is for that host too. Thread-safe.
 */
final class ClaimedHosts {
    /** Incarnations; the oldest is forgotten. */
    private static final int MAX = 10_000;

    private final Map<Long, String> hosts = new LinkedHashMap<>();

    /** Keeps the first claim; returns the host of it. */
    synchronized String claimed(long uid, String host) {
        String first = hosts.putIfAbsent(uid, host);
        if (hosts.size() > MAX) {
            hosts.remove(hosts.keySet().iterator().next());
        }
        return first == null ? host : first;
    }

    /** The host, or null while none has claimed this incarnation: Artery drops what comes of it. */
    synchronized @Nullable String of(long uid) {
        return hosts.get(uid);
    }
}
