package dev.skein.node.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.tls.NewCertificate;
import dev.skein.node.tls.TestCertificates;
import dev.skein.node.trust.ArteryBytes;
import dev.skein.node.trust.LinkContexts;
import dev.skein.node.trust.LinkEngines;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A stranger at the ports of a cluster learns nothing, joins nothing and stops nobody; the log says who he was. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class StrangerIT {
    private static final int PATIENCE_MILLIS = 2000;
    /** A TLS record of one alert, and nothing else. */
    private static final int ALERT = 7;

    private static final int SOCKET_MILLIS = 20_000;
    /** Enough for a node that would take the stranger in: joining takes a second or two. */
    private static final Duration TRY_TO_JOIN = Duration.ofSeconds(8);

    @TempDir
    static Path home;

    @SuppressWarnings("NullAway.Init")
    private static ClusterFixture cluster;

    private final Random random = new Random(Long.getLong("skein.seed", 4711));

    @BeforeAll
    static void start() throws IOException {
        cluster = ClusterFixture.secured(
                home.resolve("cluster"), 3, "skein.cluster.tls.handshake-timeout=" + PATIENCE_MILLIS + "ms");
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    void bytesThatAreNoTlsAreAnsweredWithAnAlertAtTheMost() throws Exception {
        byte[] noise = new byte[4000];
        random.nextBytes(noise);
        for (byte[] bytes : List.of(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII),
                ArteryBytes.join(
                        ArteryBytes.begin(1),
                        ArteryBytes.frame(1, ArteryBytes.ARTERY, "d", ArteryBytes.handshake(1, "a"))),
                new byte[] {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0},
                noise)) {
            for (ClusterNode node : cluster.nodes()) {
                try (Socket socket = socket(node, ClusterFixture.LINK_PORT)) {
                    write(socket, bytes);
                    assertThat(readAll(socket)).hasSizeLessThanOrEqualTo(ALERT);
                }
            }
        }
        assertRefused("link refused, it does not speak TLS");
    }

    @Test
    void connectionThatSaysNothingIsClosedInTime() throws Exception {
        try (Socket socket = socket(cluster.node(2), ClusterFixture.LINK_PORT)) {
            assertThat(readAll(socket)).hasSizeLessThanOrEqualTo(ALERT);
        }
        assertRefused(2, "link refused, it has not shown in time that it is a node");
    }

    @Test
    void onlyAFewOfOneMachineMayBeAboutToShowWhatTheyAre() throws Exception {
        Socket[] silent = new Socket[40];
        try {
            for (int i = 0; i < silent.length; i++) {
                silent[i] = socket(cluster.node(3), ClusterFixture.LINK_PORT);
            }
            assertRefused(3, "link refused, too many connections have not shown yet that they are of a node");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        assertServing();
    }

    @Test
    void tlsWithoutACertificateOrWithOneOfAnotherCaLearnsNothing() throws Exception {
        TestCertificates other = TestCertificates.ca("CN=other");
        assertThat(talk(client(null))).isEmpty();
        assertRefused("link refused, it shows no certificate");
        NewCertificate authority = cluster.authority();
        TestCertificates trusted = new TestCertificates(authority.certificate(), authority.key());
        assertThat(talk(trusted.stubborn(other.issue("CN=stranger", 5)))).isEmpty();
        assertRefused("link refused, its certificate is not one that skein.cluster.tls.ca vouches for");
    }

    @Test
    void certificateOfTheCaForAnotherHostSpeaksForNoNode() throws Exception {
        NewCertificate guest = cluster.authority()
                .issue(
                        List.of("guest.example.com"),
                        InstantSource.system().instant(),
                        Duration.ofDays(1),
                        new SecureRandom());
        assertThat(talk(client(new TestCertificates(guest.certificate(), guest.key()))))
                .isEmpty();
        assertRefused("link refused, its certificate is not for the host that it claims");
        assertThat(cluster.node(1).process().log()).contains("guest.example.com");
    }

    @Test
    void nodeWithoutOrWithAForeignCertificateIsNotTakenIn() throws Exception {
        ClusterCertificates foreign = ClusterCertificates.in(home.resolve("foreign"));
        NewCertificate authority = foreign.newAuthority("foreign");
        String host = cluster.node(1).host().replaceFirst("\\d+$", "9");
        foreign.issue(authority, host);
        // He trusts the cluster; it does not trust him.
        foreign.trust(authority, cluster.authority());
        LinkTls tls = ClusterSettings.from(ConfigFactory.parseString("skein.cluster.seeds = \"a:1\"")
                        .withFallback(ConfigFactory.parseString(
                                String.join("\n", foreign.settings(host)).replaceAll("=(.*)", "=\"$1\"")))
                        .withFallback(ConfigFactory.defaultReferenceUnresolved())
                        .resolve()
                        .getConfig("skein.cluster"))
                .tls();
        assertThat(tls).isNotNull();
        try (LinkContexts contexts = LinkContexts.open(tls, host, new LinkContexts.Listener() {
            @Override
            public void reloaded(boolean success) {}

            @Override
            public void inUse(Instant validUntil) {}
        })) {
            for (boolean secured : new boolean[] {false, true}) {
                ActorSystemSetup setup = secured
                        ? ActorSystemSetup.create(SSLEngineProviderSetup.create(_ -> new LinkEngines(contexts)))
                        : ActorSystemSetup.empty();
                ActorSystem stranger = ActorSystem.create(
                        "skein",
                        setup.withSetup(BootstrapSetup.create(
                                ConfigFactory.parseString("""
                        pekko {
                          actor.provider = cluster
                          stdout-loglevel = OFF
                          loglevel = OFF
                          remote.artery { canonical { hostname = "%s", port = 0 }, transport = %s }
                        }
                        """.formatted(host, secured ? "tls-tcp" : "tcp"))
                                        .withFallback(ConfigFactory.load("nothing")))));
                try {
                    Cluster joining = Cluster.get(stranger);
                    joining.joinSeedNodes(cluster.nodes().stream()
                            .map(node -> new Address("pekko", "skein", node.host(), ClusterFixture.LINK_PORT))
                            .toList());
                    Waiting.pause(TRY_TO_JOIN);
                    assertThat(joining.state().getMembers()).isEmpty();
                } finally {
                    stranger.terminate();
                }
            }
        }
        assertServing();
    }

    @Test
    void noiseAtThePortsOfClientsStopsNobody() throws Exception {
        byte[] noise = new byte[20_000];
        for (ClusterNode node : cluster.nodes()) {
            for (int port : new int[] {node.process().mqttPort(), node.process().httpPort()}) {
                for (int round = 0; round < 10; round++) {
                    random.nextBytes(noise);
                    try (Socket socket = socket(node, port)) {
                        write(socket, noise);
                        socket.shutdownOutput();
                        readAll(socket);
                    } catch (IOException e) {
                        assertThat(e).hasMessageNotContaining("refused"); // cut off while the noise was written
                    }
                }
            }
        }
        assertServing();
    }

    /** Speaks TLS with {@code context} to the first node, claims to be the second one, and hears what is answered. */
    private static byte[] talk(SSLContext context) throws IOException {
        ClusterNode node = cluster.node(1);
        try (SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getByName(node.host()), ClusterFixture.LINK_PORT)) {
            socket.setSoTimeout(SOCKET_MILLIS);
            String second = cluster.node(2).host();
            socket.getOutputStream()
                    .write(ArteryBytes.join(
                            ArteryBytes.begin(1),
                            ArteryBytes.frame(77, ArteryBytes.ARTERY, "d", ArteryBytes.handshake(77, second))));
            return readAll(socket);
        } catch (IOException e) {
            return new byte[0]; // refused in the handshake
        }
    }

    private static SSLContext client(@Nullable TestCertificates own) throws Exception {
        NewCertificate authority = cluster.authority();
        return new TestCertificates(authority.certificate(), authority.key()).client(own);
    }

    private static Socket socket(ClusterNode node, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(node.host(), port), SOCKET_MILLIS);
        socket.setSoTimeout(SOCKET_MILLIS);
        return socket;
    }

    private static void write(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** All that comes until the other side ends, which it has to. */
    private static byte[] readAll(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] all = new byte[0];
        byte[] some = new byte[8192];
        try {
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                byte[] more = Arrays.copyOf(some, count);
                all = ArteryBytes.join(all, more);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("connection: open (expected: closed by the node)", e);
        } catch (IOException e) {
            return all; // reset
        }
        return all;
    }

    private static void assertRefused(String words) {
        assertRefused(1, words);
    }

    /** The node goes on and has told who it was and why. */
    private static void assertRefused(int node, String words) {
        Waiting.until(words, () -> cluster.node(node).process().log().contains(words));
        assertThat(cluster.node(node).process().log())
                .containsPattern("cluster /127\\.[0-9.]+:\\d+: " + Pattern.quote(words));
        assertThat(cluster.node(node).process().metric("skein_links_refused_total", ""))
                .isPositive();
        assertServing();
    }

    private static void assertServing() {
        cluster.awaitAllReady();
        for (ClusterNode node : cluster.nodes()) {
            assertThat(node.process().metric("skein_cluster_members", "")).isEqualTo(3);
            assertThat(node.ownEnds()).isZero();
        }
    }
}
