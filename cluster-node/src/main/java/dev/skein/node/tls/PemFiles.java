package dev.skein.node.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
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

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
    private static final Pattern OLD_KEY =
            Pattern.compile("-----BEGIN (RSA|EC|DSA|OPENSSH) PRIVATE KEY-----(\\s*Proc-Type: 4,ENCRYPTED)?");
    /** First byte of a certificate or key that is not wrapped in text. */
    private static final byte DER_SEQUENCE = 0x30;

    private PemFiles() {}

    /**
     * What an encrypted key is read with.
     *
     * @param key where it stands in the configuration
     * @param text empty for none
     */
    record Password(String key, String text) {
        @Override
        public String toString() {
            return key;
        }
    }

    /** All certificates of the text in their order; never empty. A failure says what the text is instead. */
    static List<X509Certificate> certificates(byte[] pem, Path file) throws CertificateException {
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
            throw new CertificateException(whyNoCertificate(pem, file));
        }
        return found;
    }

    /** All lists of revoked certificates of the file, which may be PEM or one in DER; never empty. */
    static List<X509CRL> crls(byte[] bytes) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        if (bytes.length > 0 && bytes[0] == DER_SEQUENCE) {
            return List.of((X509CRL) factory.generateCRL(new ByteArrayInputStream(bytes)));
        }
        List<X509CRL> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            if (block.group(1).endsWith("CRL")) {
                found.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(decode(block.group(2)))));
            }
        }
        if (found.isEmpty()) {
            throw new CRLException("no -----BEGIN X509 CRL----- in it");
        }
        return found;
    }

    private static String whyNoCertificate(byte[] bytes, Path file) {
        String first = firstBlock(bytes);
        if (first.endsWith("PRIVATE KEY")) {
            return "it is a private key (-----BEGIN " + first + "-----), not a certificate";
        }
        if (first.endsWith("CERTIFICATE REQUEST")) {
            return "it is a request for a certificate; what the CA made of it is needed";
        }
        return whyNotPem(bytes, first, "openssl x509 -inform DER -in " + file + " -out new.crt")
                .orElse("no -----BEGIN CERTIFICATE----- in it");
    }

    /**
     * The PKCS#8 key of the text, decrypted when it has to be, of the same algorithm as {@code certificate}.
     *
     * @param password with its key in the configuration
     */
    static PrivateKey privateKey(byte[] pem, Path file, Password password, X509Certificate certificate)
            throws GeneralSecurityException, IOException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            switch (block.group(1)) {
                case "PRIVATE KEY" -> {
                    return key(new PKCS8EncodedKeySpec(decode(block.group(2))), certificate);
                }
                case "ENCRYPTED PRIVATE KEY" -> {
                    if (password.text().isEmpty()) {
                        throw new GeneralSecurityException("it is encrypted; set " + password.key() + ", or write it"
                                + " without a password: openssl pkey -in " + file + " -out new.key");
                    }
                    return key(decrypt(decode(block.group(2)), password), certificate);
                }
                default -> {
                    // Certificates and parameters may stand beside the key.
                }
            }
        }
        throw new GeneralSecurityException(whyNoKey(pem, file));
    }

    private static String whyNoKey(byte[] bytes, Path file) {
        Matcher old = OLD_KEY.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (old.find()) {
            boolean openSsh = old.group(1).equals("OPENSSH");
            String form = openSsh ? "in the format of OpenSSH" : old.group(1).equals("RSA") ? "PKCS#1" : "not PKCS#8";
            String encrypted = old.group(2) == null ? "" : " and encrypted";
            return "it is " + form + encrypted + "; convert it: "
                    + (openSsh
                            ? "ssh-keygen -p -m PKCS8 -f " + file
                            : "openssl pkcs8 -topk8 -nocrypt -in " + file + " -out new.key");
        }
        String first = firstBlock(bytes);
        if (first.endsWith("CERTIFICATE")) {
            return "there are certificates in it and no key";
        }
        return whyNotPem(bytes, first, "openssl pkey -inform DER -in " + file + " -out new.key")
                .orElse("no -----BEGIN PRIVATE KEY----- in it");
    }

    private static Optional<String> whyNotPem(byte[] bytes, String firstBlock, String conversion) {
        if (new String(bytes, StandardCharsets.ISO_8859_1).isBlank()) {
            return Optional.of("it is empty");
        }
        if (bytes[0] == DER_SEQUENCE) {
            return Optional.of("it is DER, not PEM; convert it: " + conversion);
        }
        return firstBlock.isEmpty()
                ? Optional.empty()
                : Optional.of("what begins with -----BEGIN " + firstBlock + "----- has no end or is no Base64");
    }

    private static String firstBlock(byte[] bytes) {
        Matcher begin = BEGIN.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        return begin.find() ? begin.group(1) : "";
    }

    private static PrivateKey key(PKCS8EncodedKeySpec spec, X509Certificate certificate)
            throws GeneralSecurityException {
        PublicKey other = certificate.getPublicKey();
        PrivateKey key = generate(spec, other.getAlgorithm());
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

    private static PrivateKey generate(PKCS8EncodedKeySpec spec, String algorithm) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (InvalidKeySpecException e) {
            for (String other : List.of("RSA", "EC", "EdDSA")) {
                if (!other.equals(algorithm) && reads(spec, other)) {
                    throw new GeneralSecurityException(
                            "the key does not belong to the certificate: it is of " + other + ", the certificate of "
                                    + algorithm,
                            e);
                }
            }
            throw new GeneralSecurityException("the key is damaged", e);
        }
    }

    private static boolean reads(PKCS8EncodedKeySpec spec, String algorithm) throws GeneralSecurityException {
        try {
            KeyFactory.getInstance(algorithm).generatePrivate(spec);
            return true;
        } catch (InvalidKeySpecException e) {
            return false;
        }
    }

    private static String signatureName(String algorithm) {
        return switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;
        };
    }

    private static PKCS8EncodedKeySpec decrypt(byte[] encoded, Password password)
            throws GeneralSecurityException, IOException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encoded);
        AlgorithmParameters parameters = info.getAlgParameters();
        // PBES2 is only a frame; the cipher to use is what its parameters print.
        String algorithm =
                info.getAlgName().equals("PBES2") && parameters != null ? parameters.toString() : info.getAlgName();
        PBEKeySpec secret = new PBEKeySpec(password.text().toCharArray());
        try {
            SecretKey key = SecretKeyFactory.getInstance(algorithm).generateSecret(secret);
            return info.getKeySpec(key);
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException("cannot be decrypted with " + password.key(), e);
        } finally {
            secret.clearPassword();
        }
    }

    private static byte[] decode(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }
}
