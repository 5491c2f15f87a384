package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the JDK's keytool for a certificate. */
class TlsIT {
    private static final String SECRET = "changeit";
    private static final String RUN = " --pairs 2 --qos 1 --warmup 100ms --duration 500ms";

    @TempDir
    private static Path directory = Path.of("");

    private static Path store = Path.of("");
    private static Path certificate = Path.of("");

    @BeforeAll
    static void makeCertificate() throws Exception {
        store = directory.resolve("broker.p12");
        certificate = directory.resolve("broker.pem");
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=broker", "-ext", "san=ip:127.0.0.1");
        keytool("-exportcert", "-rfc", "-file", certificate.toString());
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "broker", "-keystore", store.toString(), "-storepass", SECRET));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(output).isZero();
    }

    private static SslContext server() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, SECRET.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, SECRET.toCharArray());
        return SslContextBuilder.forServer(managers).build();
    }

    @Test
    void trustedAndUncheckedCertificatesCarryMessages() throws Exception {
        try (TinyBroker broker = TinyBroker.startTls(server())) {
            Outcome trusted = Outcome.against(broker, "pair --tls-ca " + certificate + RUN);
            Outcome unchecked = Outcome.against(broker, "pair --tls-insecure" + RUN);

            assertThat(trusted.exit()).as(trusted.err()).isZero();
            assertThat(trusted.check("delivered")).isPositive();
            assertThat(unchecked.exit()).as(unchecked.err()).isZero();
        }
    }

    @Test
    void unknownCertificateIsRefused() throws Exception {
        try (TinyBroker broker = TinyBroker.startTls(server())) {
            Outcome outcome = Outcome.against(broker, "pair --tls" + RUN);

            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.err()).contains("PKIX path building failed");
        }
    }
}
