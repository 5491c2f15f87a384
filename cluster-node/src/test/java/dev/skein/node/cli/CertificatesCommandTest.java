package dev.skein.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CertificatesCommandTest {
    @TempDir
    private Path home;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void eachNodeGetsACertificateOfOneCaAndKeysAreTheOwnersAlone() throws Exception {
        Path made = home.resolve("made");
        assertThat(certificates(made, "node1.example.com,10.0.0.1", "*.skein-nodes", "[::1]"))
                .isZero();

        assertThat(names(made))
                .containsExactlyInAnyOrder(
                        "ca.crt",
                        "ca.key",
                        "node1.example.com.crt",
                        "node1.example.com.key",
                        "_.skein-nodes.crt",
                        "_.skein-nodes.key",
                        "::1.crt",
                        "::1.key");
        for (String name : names(made)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.resolve(name))))
                    .as(name)
                    .startsWith(name.endsWith(".key") ? "rw-------" : "rw-r--r--");
        }
        X509Certificate authority = read(made.resolve("ca.crt"));
        X509Certificate node = read(made.resolve("node1.example.com.crt"));
        node.verify(authority.getPublicKey());
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(node.getBasicConstraints()).isEqualTo(-1);
        assertThat(node.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(node.getSubjectAlternativeNames().toString()).isEqualTo("[[2, node1.example.com], [7, 10.0.0.1]]");
        assertThat(out.toString()).contains("node1.example.com.key: for node1.example.com, 10.0.0.1, valid until");
    }

    @Test
    void caThatIsThereSignsOnAndNoFileIsReplaced() throws Exception {
        assertThat(certificates(home, "a")).isZero();
        byte[] ca = Files.readAllBytes(home.resolve("ca.crt"));
        byte[] first = Files.readAllBytes(home.resolve("a.key"));
        assertThat(certificates(home, "b")).isZero();
        assertThat(home.resolve("ca.crt")).hasBinaryContent(ca);
        read(home.resolve("b.crt")).verify(read(home.resolve("ca.crt")).getPublicKey());

        assertThat(certificates(home, "a")).isEqualTo(1);
        assertThat(err.toString()).contains("a.key: is there already");
        assertThat(home.resolve("a.key")).hasBinaryContent(first);
    }

    @Test
    void whatIsNoHostIsRefusedBeforeAnythingIsMade() throws IOException {
        for (String host : List.of("a_b", "a b", "", "a,", "a:25520", "*", "../a")) {
            assertThat(certificates(home.resolve("x"), "good", host)).as(host).isEqualTo(2);
        }
        assertThat(certificates(home.resolve("x"))).isEqualTo(2);
        assertThat(home.resolve("x")).doesNotExist();
    }

    @Test
    void halfOfACaIsTold() throws IOException {
        Files.writeString(home.resolve("ca.crt"), "nothing");
        assertThat(certificates(home, "a")).isEqualTo(1);
        assertThat(err.toString()).contains("ca.key", "there is no such file");
        assertThat(home.resolve("a.crt")).doesNotExist();
    }

    private int certificates(Path directory, String... hosts) {
        String[] words = Stream.concat(Stream.of("certificates", "--out", directory.toString()), Stream.of(hosts))
                .toArray(String[]::new);
        return new CommandLine(new ClusterCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static X509Certificate read(Path file) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
    }
}
