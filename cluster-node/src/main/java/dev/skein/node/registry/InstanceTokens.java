package dev.skein.node.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of the tokens of an instance.
 *
 * @param keys that sign them, oldest first
 * @param revoked those that count no more; one object for all versions of an instance on a node
 * @param revokedThrough number of the event up to which {@code revoked} was complete when the view was made
 * @param known number of the newest event that revoked one
 */
public record InstanceTokens(List<TokenKey> keys, RevokedTokens revoked, long revokedThrough, long known) {
    /** A key signs only when all nodes have it. */
    private static final Duration SPREAD = Duration.ofSeconds(5);

    /** Copies the list. */
    public InstanceTokens {
        keys = List.copyOf(keys);
    }

    /** No key, and nothing revoked. */
    public static InstanceTokens none() {
        return new InstanceTokens(List.of(), new RevokedTokens(), 0, 0);
    }

    InstanceTokens with(TokenState state) {
        return new InstanceTokens(state.keys(), revoked, revoked.through(), state.revokedThrough());
    }

    InstanceTokens refreshed() {
        return new InstanceTokens(keys, revoked, revoked.through(), known);
    }

    /** Whether everything that was revoked is in {@link #revoked}. */
    boolean isCurrent() {
        return revokedThrough >= known;
    }

    /** The key of that number, or null. */
    public @Nullable TokenKey key(int number) {
        for (TokenKey key : keys) {
            if (key.number() == number) {
                return key;
            }
        }
        return null;
    }

    /** The key that signs; null when there is none. */
    public @Nullable TokenKey signing(Instant now) {
        TokenKey found = keys.isEmpty() ? null : keys.getFirst();
        for (TokenKey key : keys) {
            if (!key.created().plus(SPREAD).isAfter(now)) {
                found = key;
            }
        }
        return found;
    }
}
