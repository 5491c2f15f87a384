package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.skein.protocol.wire.Hmac;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * What a server keeps of a password for SCRAM-SHA-256 (RFC 5802, section 3): enough to check who knows it, not enough
 * to log in with.
 */
public final class ScramSecret {
    /** Bytes of each key. */
    static final int KEY_BYTES = 32;

    private static final Pattern FORM = Pattern.compile("SCRAM-SHA-256\\$(\\d+):([^$]+)\\$([^:]+):(.+)");

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    /** @param storedKey neither it nor the others are copied */
    ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /**
     * Reads one in PostgreSQL's form.
     *
     * @throws IllegalArgumentException when {@link dev.skein.node.registry.PasswordHashFormat} does not take it
     */
    static ScramSecret parse(String hash) {
        Matcher matcher = FORM.matcher(hash);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("password-hash: *** (expected: SCRAM-SHA-256)");
        }
        Base64.Decoder base64 = Base64.getDecoder();
        return new ScramSecret(
                Integer.parseInt(matcher.group(1)),
                base64.decode(matcher.group(2)),
                base64.decode(matcher.group(3)),
                base64.decode(matcher.group(4)));
    }

    /** That of a password. Costs {@code iterations} HMACs: never on an event loop. */
    static ScramSecret of(byte[] password, byte[] salt, int iterations) {
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
        generator.init(SaslPrep.prepare(password), salt, iterations);
        byte[] salted = ((KeyParameter) generator.generateDerivedMacParameters(KEY_BYTES * Byte.SIZE)).getKey();
        byte[] clientKey = hmac(salted, "Client Key".getBytes(US_ASCII));
        return new ScramSecret(iterations, salt, digest(clientKey), hmac(salted, "Server Key".getBytes(US_ASCII)));
    }

    int iterations() {
        return iterations;
    }

    int saltBytes() {
        return salt.length;
    }

    String saltInBase64() {
        return Base64.getEncoder().encodeToString(salt);
    }

    /** Whether it is that of {@code password}; as {@link #of}. */
    boolean isOf(byte[] password) {
        return MessageDigest.isEqual(storedKey, of(password, salt, iterations).storedKey);
    }

    /** Whether {@code proof} is that of a client that knows the password. */
    boolean isProof(byte[] proof, byte[] authMessage) {
        if (proof.length != KEY_BYTES) {
            return false;
        }
        byte[] clientKey = hmac(storedKey, authMessage);
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= proof[i];
        }
        return MessageDigest.isEqual(storedKey, digest(clientKey));
    }

    /** Proves to the client that the server knows its secret. */
    byte[] signature(byte[] authMessage) {
        return hmac(serverKey, authMessage);
    }

    /** In PostgreSQL's form. */
    String inForm() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$%d:%s$%s:%s"
                .formatted(
                        iterations, saltInBase64(), base64.encodeToString(storedKey), base64.encodeToString(serverKey));
    }

    static byte[] hmac(byte[] key, byte[] data) {
        return Hmac.of(Hmac.SHA256, key, data);
    }

    static byte[] digest(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is missing (expected: every JDK has it)", e);
        }
    }
}
