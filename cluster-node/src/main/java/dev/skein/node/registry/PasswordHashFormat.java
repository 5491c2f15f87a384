package dev.skein.node.registry;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The forms of password hash that a user may have. Checking a password is the business of {@code node.auth}. */
public final class PasswordHashFormat {
    /** Least work factor of bcrypt. */
    public static final int COST_MIN = 4;
    /** Greatest one: above it a login would hold a thread for seconds. */
    public static final int COST_MAX = 16;

    /** How the form for SCRAM begins; PostgreSQL has the same. */
    public static final String SCRAM = "SCRAM-SHA-256$";
    /** Least number of iterations for SCRAM (RFC 7677). */
    public static final int ITERATIONS_MIN = 4096;
    /** Greatest one: the client computes them, and the node does when it is given the password itself. */
    public static final int ITERATIONS_MAX = 1_000_000;

    private static final int SALT_MIN = 8;
    private static final int SALT_MAX = 64;

    private static final Pattern SCRAM_SHA_256 = Pattern.compile(
            "SCRAM-SHA-256\\$(\\d{1,9}):([A-Za-z0-9+/=]{1,100})\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
    private static final Pattern ARGON2 = Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,3})"
            + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{16,86})");

    private PasswordHashFormat() {}

    /** Null when {@code hash} can be checked; else what is expected. The hash itself is not in the text. */
    public static @Nullable String violation(String hash) {
        if (hash.startsWith("$2")) {
            return bcryptViolation(hash);
        }
        if (hash.startsWith("$argon2id$")) {
            return argon2Violation(hash);
        }
        if (hash.startsWith(SCRAM)) {
            return scramViolation(hash);
        }
        return "password-hash: *** (expected: $2a$, $2b$ or $2y$ of bcrypt, $argon2id$ or SCRAM-SHA-256$)";
    }

    private static @Nullable String bcryptViolation(String hash) {
        Matcher matcher = BCRYPT.matcher(hash);
        if (!matcher.matches()) {
            return "password-hash: *** (expected: 60 characters of bcrypt, $2b$<cost>$<salt and hash>)";
        }
        return inRange("cost", matcher.group(1), COST_MIN, COST_MAX);
    }

    private static @Nullable String argon2Violation(String hash) {
        Matcher matcher = ARGON2.matcher(hash);
        if (!matcher.matches()) {
            return "password-hash: *** (expected: $argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>)";
        }
        // m: two threads that check hashes must not exhaust the heap.
        String memory = inRange("m", matcher.group(1), 8, 1 << 16);
        String passes = inRange("t", matcher.group(2), 1, 100);
        String lanes = inRange("p", matcher.group(3), 1, 64);
        return memory != null ? memory : passes != null ? passes : lanes;
    }

    private static @Nullable String scramViolation(String hash) {
        Matcher matcher = SCRAM_SHA_256.matcher(hash);
        if (!matcher.matches()) {
            return "password-hash: *** (expected: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey> with 32"
                    + " bytes in each key, in Base64)";
        }
        int salt = decodedLength(matcher.group(2));
        if (salt < SALT_MIN || salt > SALT_MAX) {
            return "password-hash: *** with another salt (expected: Base64 of %d..%d bytes)"
                    .formatted(SALT_MIN, SALT_MAX);
        }
        return inRange("iterations", matcher.group(1), ITERATIONS_MIN, ITERATIONS_MAX);
    }

    private static int decodedLength(String base64) {
        try {
            return Base64.getDecoder().decode(base64).length;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    private static @Nullable String inRange(String name, String text, int min, int max) {
        int value = Integer.parseInt(text);
        return value >= min && value <= max
                ? null
                : "password-hash: *** with %s=%d (expected: %s=%d..%d)".formatted(name, value, name, min, max);
    }
}
