package dev.skein.node.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the registry of an instance knows of tokens.
 *
 * @param keys oldest first; the last one signs, the others only tell that a token is right
 * @param revoked in the order of their events; those that are long expired are forgotten
 * @param revokedThrough number of the newest event that revoked one, 0 for none
 */
record TokenState(List<TokenKey> keys, List<RevokedToken> revoked, long revokedThrough) {
    static final TokenState EMPTY = new TokenState(List.of(), List.of(), 0);

    /** Longest life of a token, and a day for clocks that differ. */
    private static final Duration KEPT = Duration.ofDays(31);

    /** For clocks of nodes that differ. */
    private static final Duration GRACE = Duration.ofHours(1);

    /** Copies the lists. */
    TokenState {
        keys = List.copyOf(keys);
        revoked = List.copyOf(revoked);
    }

    /** With a key more; those whose tokens have all expired are forgotten. */
    TokenState withKey(int number, Secret secret, Instant now) {
        List<TokenKey> kept = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            Instant replaced = i + 1 < keys.size() ? keys.get(i + 1).created() : now;
            if (replaced.plus(KEPT).isAfter(now)) {
                kept.add(keys.get(i));
            }
        }
        kept.add(new TokenKey(number, secret, now));
        return new TokenState(kept, revoked, revokedThrough);
    }

    TokenState withoutKey(int number) {
        return new TokenState(
                keys.stream().filter(key -> key.number() != number).toList(), revoked, revokedThrough);
    }

    TokenState withRevoked(RevokedToken token, Instant now) {
        List<RevokedToken> all = new ArrayList<>(live(now));
        all.add(token);
        return new TokenState(keys, all, token.at());
    }

    /** Those that have to be remembered. */
    List<RevokedToken> live(Instant now) {
        long since = now.minus(GRACE).toEpochMilli();
        return revoked.stream().filter(token -> token.expiresAt() > since).toList();
    }

    /** As every node has it at once; what was revoked comes to it in pages. */
    TokenState withoutRevoked() {
        return revoked.isEmpty() ? this : new TokenState(keys, List.of(), revokedThrough);
    }

    boolean hasRevoked(String id) {
        return revoked.stream().anyMatch(token -> token.id().equals(id));
    }

    /** Those that were revoked behind event {@code after}, the oldest {@code limit} of them. */
    List<RevokedToken> revokedAfter(long after, int limit) {
        return revoked.stream().filter(token -> token.at() > after).limit(limit).toList();
    }
}
