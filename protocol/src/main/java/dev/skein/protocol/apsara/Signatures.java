package dev.skein.protocol.apsara;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The password of Signature mode: Base64 of HMAC-SHA1 of the client ID under the AccessKey secret, all in UTF-8. */
public final class Signatures {
    private static final String ALGORITHM = "HmacSHA1";

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
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM));
            return Base64.getEncoder().encodeToString(mac.doFinal(clientId.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + ": not available (expected: part of every JDK)", e);
        }
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
