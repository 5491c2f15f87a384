package dev.skein.node.conformance;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677). */
public final class ScramClient {
    private static final int KEY_BITS = 256;

    private final String password;
    private final String clientFirst;
    private final String serverFirst;

    /** With the first messages of both sides; that of the client without its {@code n,,}. */
    public ScramClient(String password, String clientFirst, String serverFirst) {
        this.password = password;
        this.clientFirst = clientFirst;
        this.serverFirst = serverFirst;
    }

    /** The client's last message. */
    public String clientFinal() throws GeneralSecurityException {
        byte[] clientKey = hmac(saltedPassword(), "Client Key");
        byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), authMessage());
        byte[] proof = new byte[clientKey.length];
        for (int i = 0; i < proof.length; i++) {
            proof[i] = (byte) (clientKey[i] ^ signature[i]);
        }
        return withoutProof() + ",p=" + Base64.getEncoder().encodeToString(proof);
    }

    /** The last message of a server that knows the password. */
    public String serverFinal() throws GeneralSecurityException {
        byte[] signature = hmac(hmac(saltedPassword(), "Server Key"), authMessage());
        return "v=" + Base64.getEncoder().encodeToString(signature);
    }

    private byte[] saltedPassword() throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(
                password.toCharArray(),
                Base64.getDecoder().decode(field(serverFirst, "s=")),
                Integer.parseInt(field(serverFirst, "i=")),
                KEY_BITS);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
    }

    private String withoutProof() {
        String nonce = field(serverFirst, "r=");
        if (!nonce.startsWith(field(clientFirst, "r="))) {
            throw new IllegalArgumentException("nonce: " + nonce + " (expected: it begins with the client's)");
        }
        return "c=biws,r=" + nonce;
    }

    private String authMessage() {
        return clientFirst + "," + serverFirst + "," + withoutProof();
    }

    private static String field(String message, String name) {
        return Stream.of(message.split(",", -1))
                .filter(field -> field.startsWith(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("SCRAM: " + message + " (expected: " + name + ")"))
                .substring(name.length());
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
