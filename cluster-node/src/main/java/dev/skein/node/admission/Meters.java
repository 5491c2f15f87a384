package dev.skein.node.admission;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The meters of a node, and how often a rate was exceeded. Of clients that come and go those of the last
 * {@link #REMEMBERED} are kept: one that is forgotten begins anew. Thread-safe.
 */
public final class Meters {
    /** Parties that are remembered. */
    static final int REMEMBERED = 100_000;

    private final Recent<Party, Meter> meters = new Recent<>(REMEMBERED);
    private final Map<Exceeded, LongAdder> exceeded = new ConcurrentHashMap<>();

    /** What is counted together. */
    public enum Scope {
        /** One client. */
        CLIENT,
        /** A user, an access key, or all anonymous clients. */
        IDENTITY,
        /** An IPv4 address, or a /64 of IPv6. */
        ADDRESS,
        /** The instance as a whole, on this node. */
        INSTANCE;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** Names it in metrics and in the keys of the configuration. */
        public String label() {
            return label;
        }
    }

    /** What is counted. */
    public enum Kind {
        /** Connections: those beyond the rate are refused. */
        CONNECTS,
        /** Messages and their bytes: what is beyond the rate waits. */
        MESSAGES,
        /** New parent topics: what is beyond the rate waits. */
        TOPICS;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** Names it in metrics. */
        public String label() {
            return label;
        }
    }

    /** Whether there is a rate for it. */
    public static boolean isBounded(Scope scope, Kind kind) {
        return switch (kind) {
            case CONNECTS -> scope != Scope.CLIENT; // for that there are Reconnects
            case MESSAGES -> true;
            case TOPICS -> scope == Scope.CLIENT || scope == Scope.INSTANCE;
        };
    }

    /** @param who such as the identity or the address; anything for the instance itself */
    public record Party(String instance, Scope scope, Object who) {}

    private record Exceeded(String instance, Scope scope, Kind kind) {}

    /** Nobody has done anything. */
    public Meters() {}

    /** What {@code party} has done. */
    public Meter of(Party party, long now) {
        return meters.of(party, _ -> new Meter(now));
    }

    /** Somebody was refused, or has to wait. */
    public void exceeded(String instance, Scope scope, Kind kind) {
        counter(instance, scope, kind).increment();
    }

    /** How often, since the start. */
    public long count(String instance, Scope scope, Kind kind) {
        return counter(instance, scope, kind).sum();
    }

    private LongAdder counter(String instance, Scope scope, Kind kind) {
        return exceeded.computeIfAbsent(new Exceeded(instance, scope, kind), _ -> new LongAdder());
    }
}
