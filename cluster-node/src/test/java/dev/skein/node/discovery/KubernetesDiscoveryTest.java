package dev.skein.node.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.ClusterSettings.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that speaks HTTPS and the documented form of the list of pods; no real API server was asked. */
class KubernetesDiscoveryTest {
    private static final Seed SELF = new Seed("skein-1.skein-nodes", 25_520);

    private final ActorTestKit kit = ActorTestKit.create();

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init")
    private ApiServer api;

    @BeforeEach
    void begin() throws Exception {
        api = ApiServer.start(home);
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
        api.close();
    }

    private KubernetesDiscovery discovery(String keys) {
        return discovery(
                keys,
                Map.of(
                        "KUBERNETES_SERVICE_HOST",
                        "127.0.0.1",
                        "KUBERNETES_SERVICE_PORT",
                        Integer.toString(api.port())));
    }

    private KubernetesDiscovery discovery(String keys, Map<String, String> variables) {
        return KubernetesDiscovery.create(
                kit.system(),
                ClusterSettings.from(
                        DnsDiscoveryTest.cluster("discovery { method = kubernetes-api, service-account = \""
                                + api.account() + "\", " + keys + " }")),
                variables);
    }

    @Test
    void podsOfAStatefulSetHaveTheirNames() {
        api.pod("skein-0", "skein-nodes", "10.0.0.1");
        api.pod("skein-1", "skein-nodes", "10.0.0.2");
        ObjectNode ending = api.pod("skein-2", "skein-nodes", "10.0.0.3");
        ((ObjectNode) ending.path("metadata")).put("deletionTimestamp", "2026-11-21T00:00:00Z");
        ((ObjectNode) api.pod("skein-3", "skein-nodes", "10.0.0.4").path("status")).put("phase", "Failed");
        ((ObjectNode) api.pod("skein-4", "skein-nodes", "").path("status")).remove("podIP");

        assertThat(discovery("").look(SELF))
                .succeedsWithin(20, TimeUnit.SECONDS)
                .isEqualTo(List.of(new Seed("skein-0.skein-nodes", 25_520), SELF));
        assertThat(api.requests())
                .containsExactly("GET /api/v1/namespaces/skein/pods?labelSelector=app.kubernetes.io%2Fname%3Dskein");
    }

    @Test
    void podWithoutSubdomainIsCalledByItsAddress() {
        ((ObjectNode) api.pod("skein-5f", "", "10.0.0.9").path("spec")).remove("subdomain");

        assertThat(discovery("").look(SELF))
                .succeedsWithin(20, TimeUnit.SECONDS)
                .isEqualTo(List.of(new Seed("10.0.0.9", 25_520)));
    }

    @Test
    void labelsAndNamespaceAreThoseOfTheConfiguration() {
        api.pod("skein-0", "skein-nodes", "10.0.0.1");

        assertThat(discovery("label-selector = \"app=x\"").look(SELF))
                .succeedsWithin(20, TimeUnit.SECONDS)
                .isEqualTo(List.of());
        assertThat(discovery("namespace = elsewhere").look(SELF))
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("answer 403")
                .withMessageContaining("cannot list");
    }

    @Test
    void tokenIsReadForEachQuestion() throws Exception {
        KubernetesDiscovery discovery = discovery("api-server = \"" + api.url() + "\"", Map.of());
        String token = Files.readString(api.account().resolve("token"));
        Files.writeString(api.account().resolve("token"), "old");
        assertThat(discovery.look(SELF))
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("answer 401");

        Files.writeString(api.account().resolve("token"), token);
        assertThat(discovery.look(SELF)).succeedsWithin(20, TimeUnit.SECONDS);
        assertThat(discovery.question()).contains(api.url()).contains("app.kubernetes.io/name=skein");
    }

    @Test
    void serverThatTheAccountDoesNotTrustIsRefused() throws Exception {
        Path other = Files.createDirectories(home.resolve("other"));
        try (ApiServer stranger = ApiServer.start(other)) {
            Files.copy(
                    stranger.account().resolve("ca.crt"),
                    api.account().resolve("ca.crt"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(discovery("").look(SELF)).failsWithin(20, TimeUnit.SECONDS);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void outsideOfAPodTheServerMustBeNamed() {
        assertThatThrownBy(() -> discovery("", Map.of()))
                .hasMessageContaining("skein.cluster.discovery.api-server")
                .hasMessageContaining("KUBERNETES_SERVICE_HOST");
    }
}
