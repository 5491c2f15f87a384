package dev.skein.node.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.jspecify.annotations.Nullable;

/** A certificate with its key, made for a test. */
public record TestCertificates(X509Certificate certificate, PrivateKey key) {

    private static final AlgorithmIdentifier ECDSA =
            new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.10045.4.3.2"));

    /** A CA that has signed itself. */
    public static TestCertificates ca(String name) {
        try {
            KeyPair keys = newKeys();
            GeneralNames local = new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
            return new TestCertificates(sign(name, 1, keys, name, keys.getPrivate(), true, local), keys.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate for 127.0.0.1, signed by this CA. */
    public TestCertificates issue(String name, int serial) {
        return issue(name, serial, new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    }

    /** A certificate with these alternative names, signed by this CA. */
    public TestCertificates issue(String name, int serial, GeneralName... names) {
        try {
            KeyPair keys = newKeys();
            String issuer = certificate.getSubjectX500Principal().getName();
            return new TestCertificates(
                    sign(name, serial, keys, issuer, key, false, new GeneralNames(names)), keys.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static X509Certificate sign(
            String subject,
            int serial,
            KeyPair keys,
            String issuer,
            PrivateKey issuerKey,
            boolean ca,
            GeneralNames names)
            throws GeneralSecurityException, IOException {
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(serial));
        generator.setSignature(ECDSA);
        generator.setIssuer(new X500Name(issuer));
        generator.setSubject(new X500Name(subject));
        generator.setStartDate(new Time(Date.from(Instant.parse("2020-01-01T00:00:00Z"))));
        generator.setEndDate(new Time(Date.from(Instant.parse("2120-01-01T00:00:00Z"))));
        generator.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        if (names.getNames().length > 0) {
            extensions.addExtension(Extension.subjectAlternativeName, false, names);
        }
        generator.setExtensions(extensions.generate());
        byte[] encoded = signed(generator.generateTBSCertificate(), issuerKey);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static byte[] signed(ASN1Object unsigned, PrivateKey key) throws GeneralSecurityException, IOException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(unsigned.getEncoded("DER"));
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(unsigned);
        parts.add(ECDSA);
        parts.add(new DERBitString(signature.sign()));
        return new DERSequence(parts).getEncoded("DER");
    }

    /** A list, in DER, of certificates that this CA has revoked. */
    public byte[] revoked(Instant thisUpdate, Instant nextUpdate, int... serials) {
        return list(thisUpdate, nextUpdate, null, serials);
    }

    /** One of changes alone. */
    public byte[] revokedSince(int list, Instant nextUpdate, int... serials) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.deltaCRLIndicator, true, new ASN1Integer(list));
            return list(Instant.parse("2020-01-01T00:00:00Z"), nextUpdate, extensions.generate(), serials);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] list(Instant thisUpdate, Instant nextUpdate, @Nullable Extensions extensions, int... serials) {
        try {
            V2TBSCertListGenerator generator = new V2TBSCertListGenerator();
            generator.setSignature(ECDSA);
            generator.setIssuer(
                    new X500Name(certificate.getSubjectX500Principal().getName()));
            generator.setThisUpdate(new Time(Date.from(thisUpdate)));
            generator.setNextUpdate(new Time(Date.from(nextUpdate)));
            for (int serial : serials) {
                generator.addCRLEntry(new ASN1Integer(serial), new Time(Date.from(thisUpdate)), 1);
            }
            if (extensions != null) {
                generator.setExtensions(extensions);
            }
            return signed(generator.generateTBSCertList(), key);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public BigInteger serial() {
        return certificate.getSerialNumber();
    }

    /** Writes {@code <name>.crt} and {@code <name>.key} (PKCS#8). */
    public void write(Path directory, String name) throws Exception {
        Files.writeString(directory.resolve(name + ".crt"), pem("CERTIFICATE", certificate.getEncoded()));
        Files.writeString(directory.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded()));
    }

    public static String pem(String type, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    /** What a client needs that trusts this CA and shows {@code own}, if it is given. */
    public SSLContext client(@Nullable TestCertificates own) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore owned = KeyStore.getInstance("PKCS12");
        owned.load(null, null);
        if (own != null) {
            X509Certificate[] chain = List.of(own.certificate).toArray(new X509Certificate[0]);
            owned.setKeyEntry("own", own.key, new char[0], chain);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(owned, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** As {@link #client}, for one that shows {@code own} whatever CAs the server asks for. */
    public SSLContext stubborn(TestCertificates own) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate);
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new Always(own)}, trust.getTrustManagers(), null);
        return context;
    }

    private static final class Always extends X509ExtendedKeyManager {
        private final TestCertificates own;

        private Always(TestCertificates own) {
            this.own = own;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "own";
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"own"};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {own.certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.key;
        }
    }
}
