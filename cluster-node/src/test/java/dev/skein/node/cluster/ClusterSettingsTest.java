package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.cluster.ClusterSettings.Seed;
import dev.skein.node.cluster.ClusterSettings.SplitBrain;
import dev.skein.node.cluster.DiscoverySettings.Method;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterSettingsTest {
    private static ClusterSettings from(String keys) {
        return ClusterSettings.from(ConfigFactory.parseString("skein.cluster { " + keys + " }")
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve()
                .getConfig("skein.cluster"));
    }

    @Test
    void withoutAnythingANodeIsAloneAndAsksNobody() {
        ClusterSettings settings = from("");

        assertThat(settings.many()).isFalse();
        assertThat(settings.discovers()).isFalse();
        assertThat(settings.port()).isZero();
        assertThat(settings.nodeName()).isEqualTo("single");
        assertThat(settings.splitBrain()).isEqualTo(SplitBrain.KEEP_MAJORITY);
    }

    @Test
    void seedsAreAListOrWords() {
        assertThat(from("seeds = [\"a:1\", \"b\"]").seeds()).containsExactly(new Seed("a", 1), new Seed("b", 25_520));
        assertThat(from("seeds = \"a:1, b:2\"").seeds()).containsExactly(new Seed("a", 1), new Seed("b", 2));
        assertThat(from("seeds = \"[]\"").seeds()).as("as a variable has it").isEmpty();
        assertThat(from("seeds = \"a:1\"").discovers()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a_b",
                "a..b",
                ".a",
                "a b",
                "-a",
                "a-",
                "a:25520",
                "::1",
                "1.2.3",
                "node.1",
                "1.2.3.256",
                "",
                "[a]",
                "ä"
            })
    void hostThatLinksCannotCarryIsRefusedByItsKey(String host) {
        assertThatThrownBy(() -> from("host = \"" + host + "\""))
                .hasMessageStartingWith("skein.cluster.host: " + host + " (expected: a host name of letters");
        if (!host.isEmpty()) {
            assertThatThrownBy(() -> from("bind-host = \"" + host + "\""))
                    .hasMessageStartingWith("skein.cluster.bind-host: ");
        }
        assertThatThrownBy(() -> from("seeds = [\"" + host.replace(":25520", ":1:2") + ":25520\"]"))
                .hasMessageStartingWith("skein.cluster.seeds[0]: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "node1.example.com", "node-1.skein-nodes", "127.0.0.1", "[::1]", "[fd00::1]", "1a.b", "a.b."
            })
    void hostThatLinksCanCarryIsTaken(String host) {
        assertThat(from("host = \"" + host + "\"").host()).isEqualTo(host);
        assertThat(URI.create("pekko://skein@" + host + ":25520").getHost()).isEqualTo(host);
        assertThat(from("seeds = [\"" + host + ":1\"]").seeds()).containsExactly(new Seed(host, 1));
    }

    @Test
    void hostIsAtMost253CharactersAndEachPart63() {
        String part = "a".repeat(63);
        assertThat(from("host = " + part).host()).isEqualTo(part);
        assertThatThrownBy(() -> from("host = a" + part)).hasMessageContaining("skein.cluster.host");
        assertThatThrownBy(() -> from("host = " + String.join(".", part, part, part, part)))
                .hasMessageContaining("skein.cluster.host");
    }

    @Test
    void nodeThatDiscoversIsOneOfMany() {
        ClusterSettings settings = from("host = a.b, discovery { method = dns, name = _cluster._tcp.b, timeout = 2s }");

        assertThat(settings.many()).isTrue();
        assertThat(settings.discovers()).isTrue();
        assertThat(settings.port()).isEqualTo(25_520);
        assertThat(settings.nodeName()).isEqualTo("a.b:25520");
        assertThat(settings.discovery().method()).isEqualTo(Method.DNS);
        assertThat(settings.discovery().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(from("discovery.method = Kubernetes-API").discovery().labelSelector())
                .isEqualTo("app.kubernetes.io/name=skein");
        assertThat(from("split-brain = lease-majority").splitBrain().strategy()).isEqualTo("lease-majority");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            discovery.method = consul                            | skein.cluster.discovery.method: consul (expected: seeds, dns, kubernetes-api)
            discovery.method = dns                               | skein.cluster.discovery.name:
            discovery { method = dns, name = "a b" }             | skein.cluster.discovery.name: a b (expected: a DNS name
            discovery { method = dns, name = "a..b" }            | skein.cluster.discovery.name: a..b
            discovery.name = a                                   | skein.cluster.discovery.name: a (expected: empty, for method seeds)
            discovery { method = kubernetes-api, name = a }      | skein.cluster.discovery.name: a
            discovery { method = kubernetes-api, label-selector = "" } | skein.cluster.discovery.label-selector:
            discovery.namespace = "Not_One"                      | skein.cluster.discovery.namespace: Not_One
            discovery.api-server = "ftp://a"                     | skein.cluster.discovery.api-server: ftp://a
            discovery.api-server = "https://a/b"                 | skein.cluster.discovery.api-server: https://a/b
            discovery.timeout = 10ms                             | skein.cluster.discovery.timeout: 10 ms
            discovery.timeout = 2m                               | skein.cluster.discovery.timeout: 2 m
            discovery { method = dns, name = a }, seeds = "b:1"  | skein.cluster.seeds: [b:1] (expected: [] beside
            discovery { method = dns, name = a }, port = 0       | skein.cluster.port: 0
            tls.mode = on                                        | skein.cluster.tls.mode: on (expected: mutual, off)
            tls.reload-interval = 1ms                            | skein.cluster.tls.reload-interval: 1 ms
            tls.handshake-timeout = 1h                           | skein.cluster.tls.handshake-timeout: 1 h
            split-brain = keep-oldest                            | skein.cluster.split-brain: keep-oldest (expected: keep-majority, lease-majority)
            """)
    void wrongValueIsRefusedByItsKey(String keys, String message) {
        assertThatThrownBy(() -> from(keys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void nodesNeedTheFilesOfTheirCertificatesUnlessItIsSaidThatTheyHaveNone() {
        assertThat(from("").tls()).as("alone").isNull();
        from("").requireTrust("certificate");
        ClusterSettings many = from("seeds = \"a:1\", tls { certificate = a.crt, key = a.key }");
        many.requireTrust("certificate");
        many.requireTrust("key");
        assertThatThrownBy(() -> many.requireTrust("ca"))
                .hasMessageStartingWith("skein.cluster.tls.ca: \"\" (expected: a PEM file, because there are seeds")
                .hasMessageContaining("skein.cluster.tls.mode = off");
        assertThatThrownBy(() -> from("discovery { method = dns, name = a }").requireTrust("key"))
                .hasMessageStartingWith("skein.cluster.tls.key: ");
        ClusterSettings off = from("seeds = \"a:1\", tls.mode = off");
        assertThat(off.tls()).isNull();
        off.requireTrust("ca");
    }
}
