package dev.skein.node.registry;

import java.time.Instant;
import java.util.Base64;

/**
 * A key that signs the tokens of an instance.
 *
 * @param number 1 for the first; tokens name it
 * @param secret 32 bytes in Base64
 * @param created since when it is there
 */
public record TokenKey(int number, Secret secret, Instant created) {
    /** Length of a key. */
    public static final int BYTES = 32;

    /** The key itself; a new array each time. */
    public byte[] bytes() {
        return Base64.getDecoder().decode(secret.value());
    }
}
