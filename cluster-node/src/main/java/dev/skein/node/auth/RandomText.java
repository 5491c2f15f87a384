package dev.skein.node.auth;

import java.security.SecureRandom;
import java.util.Base64;

/** Names and secrets that nobody can guess. */
public final class RandomText {
    private RandomText() {}

    /** So many random bytes in Base64 for URLs, without padding. */
    public static String of(SecureRandom random, int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
    }
}
