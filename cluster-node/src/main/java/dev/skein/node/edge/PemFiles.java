package dev.skein.node.edge;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Certificates and keys out of PEM text. */
final class PemFiles {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private PemFiles() {}

    /** All certificates of the text in their order; never empty. */
    static List<X509Certificate> certificates(byte[] pem) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            if (block.group(1).endsWith("CERTIFICATE")) {
                Certificate one = factory.generateCertificate(new ByteArrayInputStream(decode(block.group(2))));
                found.add((X509Certificate) one);
            }
        }
        if (found.isEmpty()) {
            throw new CertificateException("no -----BEGIN CERTIFICATE----- in it");
        }
        return found;
    }

    /** The PKCS#8 key of the text, decrypted when it has to be, of the same algorithm as {@code certificate}. */
    static PrivateKey privateKey(byte[] pem, String password, X509Certificate certificate)
            throws GeneralSecurityException, IOException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            switch (block.group(1)) {
                case "PRIVATE KEY" -> {
                    return key(new PKCS8EncodedKeySpec(decode(block.group(2))), certificate);
                }
                case "ENCRYPTED PRIVATE KEY" -> {
                    return key(decrypt(decode(block.group(2)), password), certificate);
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY" ->
                    throw new GeneralSecurityException(
                            "the key is not PKCS#8; convert it with openssl pkcs8 -topk8 -nocrypt -in old -out new");
                default -> {
                    // Certificates and parameters may stand beside the key.
                }
            }
        }
        throw new GeneralSecurityException("no -----BEGIN PRIVATE KEY----- in it");
    }

    private static PrivateKey key(PKCS8EncodedKeySpec spec, X509Certificate certificate)
            throws GeneralSecurityException {
        PublicKey other = certificate.getPublicKey();
        PrivateKey key = KeyFactory.getInstance(other.getAlgorithm()).generatePrivate(spec);
        byte[] probe = "skein".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(signatureName(other.getAlgorithm()));
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(other);
        signature.update(probe);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key does not belong to the certificate");
        }
        return key;
    }

    private static String signatureName(String algorithm) {
        return switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;
        };
    }

    private static PKCS8EncodedKeySpec decrypt(byte[] encoded, String password)
            throws GeneralSecurityException, IOException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encoded);
        AlgorithmParameters parameters = info.getAlgParameters();
        // PBES2 is only a frame; the cipher to use is what its parameters print.
        String algorithm =
                info.getAlgName().equals("PBES2") && parameters != null ? parameters.toString() : info.getAlgName();
        PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
        try {
            SecretKey key = SecretKeyFactory.getInstance(algorithm).generateSecret(secret);
            return info.getKeySpec(key);
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException("cannot be decrypted with skein.tls.key-password", e);
        } finally {
            secret.clearPassword();
        }
    }

    private static byte[] decode(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }
}
