package dev.skein.node.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A certificate that was made here, and its key: of a CA, or of a node that a CA signed for. Keys are on the curve
 * P-256.
 *
 * @param certificate of {@code key}
 * @param key its private key
 */
public record NewCertificate(X509Certificate certificate, PrivateKey key) {
    private static final AlgorithmIdentifier ECDSA = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    private static final int SERIAL_BITS = 127;
    /** Clocks of the machines may differ. */
    private static final Duration EARLIER = Duration.ofHours(1);

    /** What is signed. */
    private record Request(
            X500Name subject, KeyPair keys, Instant from, Duration valid, ExtensionsGenerator extensions) {}

    /**
     * A CA that signs for others, and has signed itself.
     *
     * @param name common name
     */
    public static NewCertificate authority(String name, Instant now, Duration valid, SecureRandom random) {
        try {
            KeyPair keys = keys(random);
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            extensions.addExtension(Extension.subjectKeyIdentifier, false, identifier(keys.getPublic()));
            X500Name subject = new X500Name("CN=" + name);
            Request request = new Request(subject, keys, now, valid, extensions);
            return new NewCertificate(sign(request, subject, keys.getPrivate(), random), keys.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A certificate of a node, signed by this CA, for both sides of a connection.
     *
     * @param hosts names and addresses that it is for; the first is its common name
     */
    public NewCertificate issue(List<String> hosts, Instant now, Duration valid, SecureRandom random) {
        try {
            KeyPair keys = keys(random);
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            extensions.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            extensions.addExtension(Extension.subjectKeyIdentifier, false, identifier(keys.getPublic()));
            extensions.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new AuthorityKeyIdentifier(
                            identifier(certificate.getPublicKey()).getKeyIdentifier()));
            extensions.addExtension(Extension.subjectAlternativeName, false, names(hosts));
            X500Name subject = new X500Name("CN=" + hosts.getFirst());
            X500Name issuer =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            Request request = new Request(subject, keys, now, valid, extensions);
            return new NewCertificate(sign(request, issuer, key, random), keys.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralNames names(List<String> hosts) {
        List<GeneralName> names = new ArrayList<>();
        for (String host : hosts) {
            names.add(new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        return new GeneralNames(names.toArray(new GeneralName[0]));
    }

    private static boolean isAddress(String host) {
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static KeyPair keys(SecureRandom random) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256, random);
        return generator.generateKeyPair();
    }

    /** As RFC 7093, 2 (1): 160 bits of SHA-256 of the key. */
    private static SubjectKeyIdentifier identifier(PublicKey key) throws GeneralSecurityException {
        byte[] bits = SubjectPublicKeyInfo.getInstance(key.getEncoded())
                .getPublicKeyData()
                .getBytes();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bits);
        return new SubjectKeyIdentifier(Arrays.copyOf(digest, 20));
    }

    private static X509Certificate sign(Request request, X500Name issuer, PrivateKey with, SecureRandom random)
            throws GeneralSecurityException, IOException {
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE)));
        generator.setSignature(ECDSA);
        generator.setIssuer(issuer);
        generator.setSubject(request.subject());
        generator.setStartDate(new Time(Date.from(request.from().minus(EARLIER))));
        generator.setEndDate(new Time(Date.from(request.from().plus(request.valid()))));
        generator.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(request.keys().getPublic().getEncoded()));
        generator.setExtensions(request.extensions().generate());
        var unsigned = generator.generateTBSCertificate();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(with, random);
        signature.update(unsigned.getEncoded("DER"));
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(unsigned);
        parts.add(ECDSA);
        parts.add(new DERBitString(signature.sign()));
        byte[] encoded = new DERSequence(parts).getEncoded("DER");
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    /** The certificate as PEM text. */
    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key as PEM text, PKCS#8. */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String type, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "NewCertificate[" + certificate.getSubjectX500Principal() + "]";
    }
}
