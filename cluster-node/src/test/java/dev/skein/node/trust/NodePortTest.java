package dev.skein.node.trust;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.cluster.LinkTls;
import dev.skein.node.tls.NewCertificate;
import dev.skein.node.tls.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The port between nodes over real sockets. */
@Timeout(120)
class NodePortTest {
    private static final String HOST = "127.0.0.1";
    private static final int DEADLINE_SECONDS = 60;
    /** A TLS record of one alert. */
    private static final int ALERT = 7;

    private final SecureRandom random = new SecureRandom();
    private final NewCertificate authority =
            NewCertificate.authority("ca", InstantSource.system().instant(), Duration.ofDays(1), random);
    private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init")
    private Node node;

    private Duration patience = Duration.ofSeconds(DEADLINE_SECONDS);

    /** One node without anything but its port. */
    private record Node(ActorSystem system, LinkContexts contexts, int port) {
        Address address() {
            return new Address("pekko", "skein", HOST, port);
        }

        void close() {
            system.terminate();
            contexts.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        node = node("node");
    }

    @AfterEach
    void end() {
        node.close();
    }

    private Node node(String name) throws Exception {
        NewCertificate own =
                authority.issue(List.of(HOST), InstantSource.system().instant(), Duration.ofDays(1), random);
        Path ca = Files.writeString(home.resolve("ca.crt"), authority.certificatePem());
        Path certificate = Files.writeString(home.resolve(name + ".crt"), own.certificatePem());
        Path key = Files.writeString(home.resolve(name + ".key"), own.keyPem());
        LinkTls tls = new LinkTls(certificate, key, "", ca, Duration.ofDays(1), patience);
        LinkContexts contexts = LinkContexts.open(tls, HOST, new LinkContexts.Listener() {
            @Override
            public void reloaded(boolean success) {}

            @Override
            public void inUse(Instant validUntil) {}
        });
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ActorSystem system = ActorSystem.create(
                "skein",
                ActorSystemSetup.create(SSLEngineProviderSetup.create(_ -> new LinkEngines(contexts)))
                        .withSetup(BootstrapSetup.create(ConfigFactory.parseString("""
                        pekko {
                          actor { provider = cluster, allow-java-serialization = off }
                          stdout-loglevel = OFF
                          loglevel = OFF
                          remote.artery {
                            transport = tls-tcp
                            canonical { hostname = "%1$s", port = %2$d }
                            bind { hostname = "%1$s", port = 0 }
                            advanced.compression { actor-refs.max = off, manifests.max = off }
                          }
                        }
                        """.formatted(HOST, port))
                                .withFallback(ConfigFactory.load("nothing")))));
        NodePort.open(
                        system,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        contexts,
                        patience,
                        refused::add)
                .toCompletableFuture()
                .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        return new Node(system, contexts, port);
    }

    @Test
    void nodesOfOneCaBecomeACluster() throws Exception {
        Node other = node("other");
        try {
            Cluster.get(node.system()).join(node.address());
            Cluster.get(other.system()).join(node.address());
            long since = System.nanoTime();
            while (upIn(node) < 2 || upIn(other) < 2) {
                assertThat(System.nanoTime() - since).isLessThan(TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS));
                Thread.onSpinWait();
            }
            assertThat(refused).isEmpty();
        } finally {
            other.close();
        }
    }

    private static long upIn(Node node) {
        long up = 0;
        for (var member : Cluster.get(node.system()).state().getMembers()) {
            up += member.status().toString().equals("Up") ? 1 : 0;
        }
        return up;
    }

    @Test
    void whatIsNoTlsIsRefused() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
            assertThat(readAll(socket)).isLessThanOrEqualTo(ALERT);
        }
        assertRefused("not-tls");
    }

    @Test
    void whoShowsNoCertificateIsRefused() throws Exception {
        assertThat(talk(client(null), HOST)).isZero();
        assertRefused("no-certificate");
    }

    @Test
    void certificateOfAnotherCaIsRefused() throws Exception {
        TestCertificates stranger = TestCertificates.ca("CN=other").issue("CN=stranger", 3);
        TestCertificates trusted = new TestCertificates(authority.certificate(), authority.key());
        assertThat(talk(trusted.stubborn(stranger), HOST)).isZero();
        assertRefused("certificate");
    }

    @Test
    void claimToBeAnotherHostIsRefused() throws Exception {
        NewCertificate guest =
                authority.issue(List.of("guest"), InstantSource.system().instant(), Duration.ofDays(1), random);
        assertThat(talk(client(new TestCertificates(guest.certificate(), guest.key())), HOST))
                .isZero();
        assertRefused("name");
    }

    @Test
    void bytesThatAreNoFramesAreRefused() throws Exception {
        NewCertificate guest =
                authority.issue(List.of("guest"), InstantSource.system().instant(), Duration.ofDays(1), random);
        assertThat(talk(
                        client(new TestCertificates(guest.certificate(), guest.key())),
                        "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)))
                .isZero();
        assertRefused("frame");
    }

    @Test
    void whoSaysNothingIsRefusedInTime() throws Exception {
        patience = Duration.ofMillis(200);
        Node hasty = node("hasty");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), hasty.port())) {
            assertThat(readAll(socket)).isLessThanOrEqualTo(ALERT);
        } finally {
            hasty.close();
        }
        assertRefused("timeout");
    }

    @Test
    void fewMayBeAboutToShowWhatTheyAre() throws Exception {
        Socket[] silent = new Socket[17];
        for (int i = 0; i < silent.length; i++) {
            silent[i] = new Socket(InetAddress.getLoopbackAddress(), node.port());
        }
        assertRefused("too-many");
        for (Socket socket : silent) {
            socket.close();
        }
        for (int i = 1; i < silent.length; i++) {
            assertRefused("closed");
        }
        whatIsNoTlsIsRefused();
    }

    private void assertRefused(String reason) throws InterruptedException {
        assertThat(refused.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(reason);
    }

    private int talk(SSLContext context, String claimed) throws IOException {
        return talk(
                context,
                ArteryBytes.join(
                        ArteryBytes.begin(1),
                        ArteryBytes.frame(77, ArteryBytes.ARTERY, "d", ArteryBytes.handshake(77, claimed))));
    }

    /** How many bytes are answered. */
    private int talk(SSLContext context, byte[] bytes) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                return 0; // refused in the handshake
            }
            return readAll(socket);
        }
    }

    private SSLContext client(@Nullable TestCertificates own) throws Exception {
        return new TestCertificates(authority.certificate(), authority.key()).client(own);
    }

    /** Bytes until the node closes, which it has to. */
    private static int readAll(Socket socket) throws IOException {
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        int all = 0;
        byte[] some = new byte[1000];
        try {
            InputStream in = socket.getInputStream();
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                all += count;
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("connection: open (expected: closed by the node)", e);
        } catch (IOException e) {
            return all; // an alert, or reset
        }
        return all;
    }
}
