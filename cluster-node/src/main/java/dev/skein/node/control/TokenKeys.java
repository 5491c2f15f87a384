package dev.skein.node.control;

import java.util.List;

/**
 * The keys that sign tokens of an instance.
 *
 * @param keys oldest first; the last one signs
 * @param revoked tokens that are revoked and remembered
 */
public record TokenKeys(List<TokenKeyInfo> keys, int revoked) {
    /** Copies the list. */
    public TokenKeys {
        keys = List.copyOf(keys);
    }
}
