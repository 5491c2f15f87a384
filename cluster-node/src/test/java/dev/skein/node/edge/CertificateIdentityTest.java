package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.tls.TestCertificates;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;

class CertificateIdentityTest {
    private static final TestCertificates CA = TestCertificates.ca("CN=CA");

    private static X509Certificate issue(String subject, GeneralName... names) {
        return CA.issue(subject, 2, names).certificate();
    }

    private static String name(CertificateIdentity identity, X509Certificate certificate) {
        CertificateIdentity.Found found = identity.of(certificate);
        return found.name() == null ? found.problem() : found.name();
    }

    @Test
    void eachPartOfACertificateGivesItsName() {
        X509Certificate certificate = issue(
                "C=DE,O=Example,CN=device-1",
                new GeneralName(GeneralName.dNSName, "device-1.example.com"),
                new GeneralName(GeneralName.rfc822Name, "device-1@example.com"),
                new GeneralName(GeneralName.uniformResourceIdentifier, "urn:device:1"));
        assertThat(name(CertificateIdentity.SUBJECT_CN, certificate)).isEqualTo("device-1");
        assertThat(name(CertificateIdentity.SUBJECT_DN, certificate)).isEqualTo("CN=device-1,O=Example,C=DE");
        assertThat(name(CertificateIdentity.SAN_DNS, certificate)).isEqualTo("device-1.example.com");
        assertThat(name(CertificateIdentity.SAN_EMAIL, certificate)).isEqualTo("device-1@example.com");
        assertThat(name(CertificateIdentity.SAN_URI, certificate)).isEqualTo("urn:device:1");
    }

    @Test
    void whatACertificateDoesNotSayExactlyOnceIsNoName() {
        X509Certificate twice = issue(
                "CN=a,CN=b",
                new GeneralName(GeneralName.dNSName, "a.example.com"),
                new GeneralName(GeneralName.dNSName, "b.example.com"));
        assertThat(name(CertificateIdentity.SUBJECT_CN, twice))
                .isEqualTo(
                        "certificate: subject-cn: 2 of them (expected: exactly one, of 1..1024 printable characters)");
        assertThat(name(CertificateIdentity.SAN_DNS, twice)).contains("san-dns: 2 of them");
        assertThat(name(CertificateIdentity.SAN_URI, twice)).contains("san-uri: none");
        assertThat(name(CertificateIdentity.SUBJECT_CN, issue("O=Example"))).contains("subject-cn: none");
        assertThat(name(CertificateIdentity.SAN_EMAIL, issue("O=Example"))).contains("san-email: none");
    }

    @Test
    void escapedCharactersAreThemselvesAndHiddenOnesAreRefused() {
        assertThat(name(CertificateIdentity.SUBJECT_CN, issue("CN=a\\,b\\+c=d")))
                .isEqualTo("a,b+c=d");
        assertThat(name(CertificateIdentity.SUBJECT_CN, issue("CN=ü\u4e00"))).isEqualTo("ü\u4e00");
        assertThat(name(CertificateIdentity.SUBJECT_CN, issue("CN=a\u0000b"))).contains("not shown");
        assertThat(name(CertificateIdentity.SUBJECT_CN, issue("CN=a\u202eb"))).contains("not shown");
        GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, "urn:" + "x".repeat(1021));
        assertThat(name(CertificateIdentity.SAN_URI, issue("CN=x", uri))).contains("1025 characters");
    }
}
