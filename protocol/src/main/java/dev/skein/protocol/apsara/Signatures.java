package dev.skein.protocol.apsara;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.protocol.wire.Hmac;
import java.security.MessageDigest;
import java.util.Base64;

/** The password of Signature mode: Base64 of HMAC-SHA1 of the client ID under the AccessKey secret, all in UTF-8. */
public final class Signatures {
    private Signatures() {}

    /**
     * The password that a client with this secret sends.
     *
     * @throws IllegalArgumentException when the secret is empty
     */
    public static String sign(String secret, String clientId) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("secret: empty (expected: at least one character)");
        }
        byte[] signature = Hmac.of(Hmac.SHA1, secret.getBytes(UTF_8), clientId.getBytes(UTF_8));
        return Base64.getEncoder().encodeToString(signature);
    }

    /**
     * Whether {@code password} is the signature, in time that does not tell how much of it is right.
     *
     * @param password the bytes of the CONNECT password field; not changed
     * @throws IllegalArgumentException when the secret is empty
     */
    public static boolean matches(String secret, String clientId, byte[] password) {
        return MessageDigest.isEqual(sign(secret, clientId).getBytes(UTF_8), password);
    }

    /** {@link #matches(String, String, byte[])} for a password that is text already. */
    public static boolean matches(String secret, String clientId, String password) {
        return matches(secret, clientId, password.getBytes(UTF_8));
    }
}
