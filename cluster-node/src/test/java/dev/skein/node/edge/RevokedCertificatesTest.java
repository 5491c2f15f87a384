package dev.skein.node.edge;

import static dev.skein.node.edge.EdgeFixture.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.tls.TestCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of certificates that were revoked. */
class RevokedCertificatesTest {
    private static final Instant LONG_AGO = Instant.parse("2021-01-01T00:00:00Z");
    private static final Instant FAR_AWAY = Instant.parse("2101-01-01T00:00:00Z");

    private static final TestCertificates CA = TestCertificates.ca("CN=Skein test CA");
    private static final TestCertificates DEVICE = CA.issue("O=Example,CN=device-1", 4711);

    @TempDir
    private Path directory;

    @BeforeEach
    void writeFiles() throws Exception {
        CA.issue("CN=server", 17).write(directory, "server");
        CA.write(directory, "ca");
    }

    private String tls(String... more) {
        return "tls { certificate = \"%1$s/server.crt\", key = \"%1$s/server.key\", %2$s }"
                .formatted(directory, String.join(", ", more));
    }

    private String clientCa() {
        return "client-ca = \"" + directory + "/ca.crt\"";
    }

    private static SSLSocket connect(EdgeFixture edge, TestCertificates own) throws Exception {
        SSLSocket socket = (SSLSocket) CA.client(own).getSocketFactory().createSocket();
        socket.setSoTimeout(EdgeFixture.DEADLINE_SECONDS * 1000);
        socket.connect(edge.address("mqtts"));
        return socket;
    }

    private String revoked(byte[] list) throws IOException {
        Files.write(directory.resolve("revoked.crl"), list);
        return "client-auth = required, " + clientCa() + ", client-crl = [\"" + directory + "/revoked.crl\"]";
    }

    private void assertRefused(EdgeFixture edge, TestCertificates own) throws Exception {
        try (SSLSocket socket = connect(edge, own)) {
            assertThatThrownBy(() -> echo(socket, "let me in")).isInstanceOf(IOException.class);
            edge.await("tls mqtts client-certificate");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void revokedClientCertificateIsRefusedFromTheNextReadOn(boolean pem) throws Exception {
        TestCertificates other = CA.issue("CN=device-2", 4712);
        byte[] none = CA.revoked(LONG_AGO, FAR_AWAY, 1);
        byte[] list = CA.revoked(LONG_AGO.plusSeconds(1), FAR_AWAY, 4711);
        byte[] before = pem ? TestCertificates.pem("X509 CRL", none).getBytes(StandardCharsets.US_ASCII) : none;
        byte[] after = pem ? TestCertificates.pem("X509 CRL", list).getBytes(StandardCharsets.US_ASCII) : list;
        try (EdgeFixture edge = EdgeFixture.start(tls(revoked(before), "reload-interval = 100ms"))) {
            try (SSLSocket socket = connect(edge, DEVICE)) {
                assertThat(echo(socket, "in")).isEqualTo("in");
            }
            Files.write(directory.resolve("revoked.crl"), after);
            edge.await("reloaded true");
            assertRefused(edge, DEVICE);
            try (SSLSocket socket = connect(edge, other)) {
                assertThat(echo(socket, "the other")).isEqualTo("the other");
            }
            Files.writeString(directory.resolve("revoked.crl"), "no list");
            edge.await("reloaded false");
            assertRefused(edge, DEVICE);
        }
    }

    @Test
    void listThatIsOverRefusesOrWarns() throws Exception {
        byte[] over = CA.revoked(LONG_AGO, LONG_AGO.plusSeconds(60), 4711);
        TestCertificates other = CA.issue("CN=device-2", 4712);
        try (EdgeFixture edge = EdgeFixture.start(tls(revoked(over)))) {
            assertRefused(edge, other);
        }
        try (EdgeFixture edge = EdgeFixture.start(tls(revoked(over), "client-crl-expired = warn"))) {
            assertRefused(edge, DEVICE);
            try (SSLSocket socket = connect(edge, other)) {
                assertThat(echo(socket, "in")).isEqualTo("in");
            }
        }
    }

    /** While the node runs, and without a client that comes. */
    @ParameterizedTest
    @CsvSource({"refuse, clients of these CAs are refused", "warn, it is used all the same"})
    void listThatEndsWhileItIsInUseIsTold(String expired, String consequence) throws Exception {
        Instant end = InstantSource.system().instant().plusSeconds(2).truncatedTo(ChronoUnit.SECONDS);
        try (LogLines log = new LogLines(TlsContexts.class);
                EdgeFixture edge = EdgeFixture.start(tls(
                        revoked(CA.revoked(LONG_AGO, end, 4711)),
                        "client-crl-expired = " + expired,
                        "reload-interval = 100ms"))) {
            edge.await("expired " + end);
            log.await(
                    "WARN the list of revoked certificates of CN=Skein test CA expired at " + end + ": " + consequence);
            Files.write(directory.resolve("revoked.crl"), CA.revoked(LONG_AGO.plusSeconds(1), FAR_AWAY, 4711));
            edge.await("reloaded true");
            try (SSLSocket socket = connect(edge, CA.issue("CN=device-2", 4712))) {
                assertThat(echo(socket, "in")).isEqualTo("in");
            }
        }
    }

    @Test
    void listThatIsMissingIsToldAsAMissingFile() {
        assertThatThrownBy(() -> EdgeFixture.start(tls("client-auth = required, " + clientCa() + ", client-crl = [\""
                        + directory + "/nowhere.crl\"]")))
                .cause()
                .hasMessageContaining("skein.tls.client-crl: " + directory + "/nowhere.crl (expected: a file of revoked"
                        + " certificates that can be read; there is no such file)")
                .hasMessageNotContaining("PEM");
    }

    @Test
    void listsThatCannotTellAreNamed() throws Exception {
        TestCertificates another = TestCertificates.ca("CN=Another CA");
        TestCertificates twin = TestCertificates.ca("CN=Skein test CA"); // of the same name, with another key
        for (byte[] foreign : List.of(another.revoked(LONG_AGO, FAR_AWAY), twin.revoked(LONG_AGO, FAR_AWAY))) {
            assertThatThrownBy(() -> EdgeFixture.start(tls(revoked(foreign))))
                    .cause()
                    .hasMessageStartingWith("skein.tls.client-crl: " + directory + "/revoked.crl (expected: lists of"
                            + " revoked certificates of client-ca; it is signed by CN=");
        }
        assertThatThrownBy(() -> EdgeFixture.start(tls(revoked(CA.revokedSince(3, FAR_AWAY, 4711)))))
                .cause()
                .hasMessageContaining("skein.tls.client-crl: ")
                .hasMessageContaining("the whole list is needed");
        assertThatThrownBy(() -> EdgeFixture.start(tls(revoked("nothing".getBytes(StandardCharsets.US_ASCII)))))
                .cause()
                .hasMessageContaining("no -----BEGIN X509 CRL----- in it");
    }
}
