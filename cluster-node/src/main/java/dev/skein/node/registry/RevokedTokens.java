package dev.skein.node.registry;

import dev.skein.protocol.apsara.TokenId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A node's copy of the tokens of one instance that were revoked: some 100 bytes for each. Any thread reads; one thread
 * writes.
 */
public final class RevokedTokens {
    /** For clocks of nodes that differ. */
    private static final long GRACE_MILLIS = Duration.ofHours(1).toMillis();

    private final Map<TokenId, Long> expiries = new ConcurrentHashMap<>();
    private volatile long through;

    /** Whether {@code id} was revoked, as far as this node knows. */
    public boolean contains(TokenId id) {
        return expiries.containsKey(id);
    }

    /** How many there are. */
    public int size() {
        return expiries.size();
    }

    /** Number of the event up to which all are here. */
    long through() {
        return through;
    }

    /** @param reached number of the event up to which all are here then */
    void take(List<RevokedToken> tokens, long reached) {
        for (RevokedToken token : tokens) {
            TokenId id = TokenId.parse(token.id());
            if (id != null) {
                expiries.put(id, token.expiresAt());
            }
        }
        through = Math.max(through, reached);
    }

    /** Forgets those that have expired by themselves. */
    void forget(long nowMillis) {
        expiries.values().removeIf(expiresAt -> expiresAt < nowMillis - GRACE_MILLIS);
    }
}
