package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** What a client of SCRAM-SHA-256 says, made with the JDK alone. */
final class ScramClientHalf {
    private static final String NONCE = "fyko+d2lbbFgONRv9qkxdawL";

    private final String username;
    private final String password;

    ScramClientHalf(String username, String password) {
        this.username = username;
        this.password = password;
    }

    private String bare() {
        return "n=" + username + ",r=" + NONCE;
    }

    byte[] first() {
        return ("n,," + bare()).getBytes(UTF_8);
    }

    /** The last message for {@code challenge}. */
    byte[] last(byte[] challenge) {
        String text = new String(challenge, UTF_8);
        String[] fields = text.split(",", 3);
        byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, Integer.parseInt(fields[2].substring(2)), 256);
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
            byte[] proof = hmac(salted, "Client Key");
            String unproven = "c=biws," + fields[0];
            byte[] signature =
                    hmac(MessageDigest.getInstance("SHA-256").digest(proof), bare() + "," + text + "," + unproven);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= signature[i];
            }
            return (unproven + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(UTF_8));
    }
}
