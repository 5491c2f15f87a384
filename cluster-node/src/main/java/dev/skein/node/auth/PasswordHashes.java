package dev.skein.node.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.IllegalBCryptFormatException;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import dev.skein.node.registry.PasswordHashFormat;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Makes and checks password hashes. Each call costs tens of milliseconds: never on an event loop.
 *
 * @see PasswordHashFormat
 */
public final class PasswordHashes {
    /** bcrypt looks at no more bytes of a password than this. */
    public static final int BCRYPT_MAX_BYTES = 72;

    /** bcrypt hash that no password fits in practice, of the cost that {@link #bcrypt} makes. */
    static final String NOBODY = "$2a$10$0123456789abcdefghijkeXzeGQ1n0hMAd9qlcn2jPpAo2q6s1e6q";

    private static final int COST = 10;
    private static final int SCRAM_SALT_BYTES = 16;
    private static final Pattern ARGON2 =
            Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d+),t=(\\d+),p=(\\d+)\\$([^$]+)\\$([^$]+)");

    private PasswordHashes() {}

    /**
     * Makes a bcrypt hash for {@code password-hash}.
     *
     * @param password 1..72 bytes in UTF-8; not cleared here
     * @throws IllegalArgumentException when it is empty or longer
     */
    public static String bcrypt(char[] password) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        encoded.clear();
        while (encoded.hasRemaining()) {
            encoded.put((byte) 0);
        }
        try {
            if (bytes.length < 1 || bytes.length > BCRYPT_MAX_BYTES) {
                throw new IllegalArgumentException(
                        "password: %d bytes (expected: 1..%d)".formatted(bytes.length, BCRYPT_MAX_BYTES));
            }
            return new String(hasher(BCrypt.Version.VERSION_2B, bytes).hash(COST, bytes), StandardCharsets.US_ASCII);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Makes a {@code password-hash} for SCRAM-SHA-256, which checks plain passwords too.
     *
     * @param password in UTF-8; not cleared here
     * @param iterations as {@link PasswordHashFormat} takes them
     */
    public static String scram(byte[] password, int iterations, SecureRandom random) {
        byte[] salt = new byte[SCRAM_SALT_BYTES];
        random.nextBytes(salt);
        return ScramSecret.of(password, salt, iterations).inForm();
    }

    /**
     * Whether {@code password} is the one that {@code hash} was made of.
     *
     * @param hash one that {@link PasswordHashFormat} takes
     * @throws IllegalArgumentException when it is of no such form
     */
    public static boolean verify(String hash, byte[] password) {
        if (hash.startsWith(PasswordHashFormat.SCRAM)) {
            return ScramSecret.parse(hash).isOf(password);
        }
        return hash.startsWith("$argon2id$") ? verifyArgon2(hash, password) : verifyBcrypt(hash, password);
    }

    private static boolean verifyBcrypt(String hash, byte[] password) {
        try {
            BCrypt.HashData known = BCrypt.Version.VERSION_2A.parser.parse(hash.getBytes(StandardCharsets.US_ASCII));
            byte[] used = password.length > BCRYPT_MAX_BYTES ? Arrays.copyOf(password, BCRYPT_MAX_BYTES) : password;
            byte[] made = hasher(known.version, used).hashRaw(known.cost, known.rawSalt, used).rawHash;
            return MessageDigest.isEqual(known.rawHash, made);
        } catch (IllegalBCryptFormatException e) {
            throw new IllegalArgumentException("password-hash: *** (expected: bcrypt or Argon2id)", e);
        }
    }

    // The terminating zero counts among the 72 bytes: a password of 72 has none.
    private static BCrypt.Hasher hasher(BCrypt.Version version, byte[] password) {
        BCrypt.Version used = password.length < BCRYPT_MAX_BYTES ? version : unterminated(version);
        return BCrypt.with(used, LongPasswordStrategies.none());
    }

    private static BCrypt.Version unterminated(BCrypt.Version version) {
        return new BCrypt.Version(
                version.versionIdentifier,
                version.useOnly23bytesForHash,
                false,
                BCRYPT_MAX_BYTES,
                version.formatter,
                version.parser);
    }

    private static boolean verifyArgon2(String hash, byte[] password) {
        Matcher matcher = ARGON2.matcher(hash);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("password-hash: *** (expected: bcrypt or Argon2id)");
        }
        byte[] known = Base64.getDecoder().decode(matcher.group(5));
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(Integer.parseInt(matcher.group(1)))
                .withIterations(Integer.parseInt(matcher.group(2)))
                .withParallelism(Integer.parseInt(matcher.group(3)))
                .withSalt(Base64.getDecoder().decode(matcher.group(4)))
                .build());
        byte[] made = new byte[known.length];
        generator.generateBytes(password, made);
        return MessageDigest.isEqual(known, made);
    }
}
