package dev.skein.protocol.wire;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keyed digests that every JDK has. */
public final class Hmac {
    /** Of 20 bytes. */
    public static final String SHA1 = "HmacSHA1";

    /** Of 32 bytes. */
    public static final String SHA256 = "HmacSHA256";

    private Hmac() {}

    /**
     * Over the bytes of {@code parts}, one behind the other.
     *
     * @param key not empty; not changed
     */
    public static byte[] of(String algorithm, byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + ": not available (expected: part of every JDK)", e);
        }
    }
}
