package dev.skein.node.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemFilesTest {
    private static final Path FILE = Path.of("server.pem");
    private static final PemFiles.Password NONE = new PemFiles.Password("skein.tls.key-password", "");
    private static final TestCertificates OWN = TestCertificates.ca("CN=own");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RSA PRIVATE KEY               |                           | it is PKCS#1; convert it: openssl pkcs8 -topk8 -nocrypt -in server.pem -out new.key
            EC PRIVATE KEY                |                           | it is not PKCS#8; convert it: openssl pkcs8
            RSA PRIVATE KEY               | Proc-Type: 4,ENCRYPTED\\n | it is PKCS#1 and encrypted; convert it: openssl pkcs8
            OPENSSH PRIVATE KEY           |                           | it is in the format of OpenSSH; convert it: ssh-keygen
            ENCRYPTED PRIVATE KEY         |                           | it is encrypted; set skein.tls.key-password
            CERTIFICATE                   |                           | there are certificates in it and no key
            PUBLIC KEY                    |                           | what begins with -----BEGIN PUBLIC KEY-----
            """)
    void keyOfAnotherFormIsToldWhatItIs(String label, String header, String words) {
        String pem = "-----BEGIN " + label + "-----\n" + (header == null ? "" : header.replace("\\n", "\n"))
                + "AAAA\n-----END " + label + "-----\n";
        assertThatThrownBy(() -> key(pem.getBytes(StandardCharsets.US_ASCII))).hasMessageStartingWith(words);
    }

    @Test
    void keyThatIsBinaryEmptyCutOffOrOfAnotherCertificateIsToldSo() throws Exception {
        assertThatThrownBy(() -> key(OWN.key().getEncoded()))
                .hasMessage("it is DER, not PEM; convert it: openssl pkey -inform DER -in server.pem -out new.key");
        assertThatThrownBy(() -> key(new byte[0])).hasMessage("it is empty");
        assertThatThrownBy(() -> key(" \n".getBytes(StandardCharsets.US_ASCII))).hasMessage("it is empty");
        assertThatThrownBy(() -> key("-----BEGIN PRIVATE KEY-----\nAAAA".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("has no end");
        assertThatThrownBy(() -> key(
                        pem("PRIVATE KEY", TestCertificates.ca("CN=other").key().getEncoded())))
                .hasMessage("the key does not belong to the certificate");
        byte[] rsa = KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        assertThatThrownBy(() -> key(pem("PRIVATE KEY", rsa)))
                .hasMessage("the key does not belong to the certificate: it is of RSA, the certificate of EC");
        assertThatThrownBy(() -> key(pem("PRIVATE KEY", new byte[] {1, 2, 3}))).hasMessage("the key is damaged");
        assertThat(key(pem("PRIVATE KEY", OWN.key().getEncoded()))).isEqualTo(OWN.key());
    }

    @Test
    void certificateOfAnotherFormIsToldWhatItIs() throws Exception {
        assertThatThrownBy(() -> PemFiles.certificates(pem("PRIVATE KEY", new byte[3]), FILE))
                .hasMessageContaining("it is a private key");
        assertThatThrownBy(() -> PemFiles.certificates(pem("CERTIFICATE REQUEST", new byte[3]), FILE))
                .hasMessageContaining("it is a request for a certificate");
        assertThatThrownBy(() -> PemFiles.certificates(OWN.certificate().getEncoded(), FILE))
                .hasMessage("it is DER, not PEM; convert it: openssl x509 -inform DER -in server.pem -out new.crt");
        assertThatThrownBy(() -> PemFiles.certificates(new byte[0], FILE)).hasMessage("it is empty");
    }

    private static Object key(byte[] bytes) throws Exception {
        return PemFiles.privateKey(bytes, FILE, NONE, OWN.certificate());
    }

    private static byte[] pem(String label, byte[] der) {
        return ("-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                        + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
