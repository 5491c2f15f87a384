package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Service;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What operators read: the fields that Skein uses, and that they fit the rest. */
class CustomResourcesTest {
    static final Set<String> KINDS = Set.of(
            "monitoring.coreos.com/v1 ServiceMonitor",
            "monitoring.coreos.com/v1 PrometheusRule",
            "postgresql.cnpg.io/v1 Cluster",
            "cert-manager.io/v1 Issuer",
            "cert-manager.io/v1 Certificate");

    private static final Path COMPONENTS = Manifests.HOME.resolve("components");
    private static final Pattern METRIC = Pattern.compile("\\b(skein|jvm)_[a-z_]+");
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void monitorFindsTheClientServiceAndItsHttpPort() {
        JsonNode spec = document(COMPONENTS.resolve("service-monitor").resolve("servicemonitor.yaml"))
                .path("spec");
        Service service = Manifests.read(Service.class, Manifests.BASE.resolve("service.yaml"));

        assertThat(Manifests.names(spec)).containsExactlyInAnyOrder("jobLabel", "selector", "endpoints");
        assertThat(service.getMetadata().getLabels())
                .containsEntry(
                        "app.kubernetes.io/name",
                        spec.path("selector")
                                .path("matchLabels")
                                .path("app.kubernetes.io/name")
                                .asText());
        JsonNode endpoint = spec.path("endpoints").path(0);
        assertThat(Manifests.names(endpoint)).containsExactlyInAnyOrder("port", "path", "interval", "scrapeTimeout");
        assertThat(service.getSpec().getPorts())
                .anyMatch(port -> port.getName().equals(endpoint.path("port").asText()));
        assertThat(endpoint.path("path").asText()).isEqualTo("/metrics");
        assertThat(Manifests.text(DOCS.resolve("control-api.md"))).contains("`GET /metrics`");
    }

    @Test
    void alertsUseMetricsThatExistAndAreExplained() {
        String metrics = Manifests.text(DOCS.resolve("metrics.md"));
        String operations = Manifests.text(DOCS.resolve("operations.md"));
        List<JsonNode> rules = rules();

        assertThat(rules).hasSizeGreaterThan(5).allSatisfy(rule -> {
            assertThat(Set.of("alert", "expr", "for", "labels", "annotations")).containsAll(Manifests.names(rule));
            assertThat(operations).contains("`" + rule.path("alert").asText() + "`");
            assertThat(rule.path("labels").path("severity").asText()).isIn("critical", "warning");
        });
        Set<String> used = new TreeSet<>();
        rules.forEach(rule -> METRIC.matcher(rule.path("expr").asText())
                .results()
                .forEach(found -> used.add(found.group().replaceAll("_(bucket|sum|count)$", ""))));
        assertThat(used).allSatisfy(name -> {
            String known = name.startsWith("jvm_") ? "jvm_memory_*" : "`" + name + "`";
            assertThat(metrics).as(name).contains(known);
        });
    }

    @Test
    void alertsLookAtEachNamespaceByItself() {
        assertThat(rules()).allSatisfy(rule -> {
            String expression = rule.path("expr").asText();
            assertThat(Pattern.compile("\\b(sum|max|group)\\b(?! by \\(namespace)")
                            .matcher(expression)
                            .find())
                    .as(expression)
                    .isFalse();
        });
    }

    @Test
    void certificateAlertStaysWhileTheLastReadFailed() {
        assertThat(rules())
                .filteredOn(rule -> rule.path("alert").asText().equals("SkeinCertificateNotRead"))
                .singleElement()
                .satisfies(rule -> assertThat(rule.path("expr").asText())
                        .isEqualTo("max by (namespace, pod) (skein_tls_reload_failed) > 0"));
    }

    @Test
    void dropReasonsOfTheAlertExist() {
        String metrics = Manifests.text(DOCS.resolve("metrics.md"));
        assertThat(rules())
                .flatExtracting(rule -> Pattern.compile("reason=~\"([^\"]+)\"")
                        .matcher(rule.path("expr").asText())
                        .results()
                        .flatMap(found -> List.of(found.group(1).split("\\|", -1)).stream())
                        .toList())
                .isNotEmpty()
                .allSatisfy(reason -> assertThat(metrics).contains("| `" + reason + "` |"));
    }

    private static List<JsonNode> rules() {
        JsonNode rule = document(COMPONENTS.resolve("prometheus-rule").resolve("prometheusrule.yaml"));
        return rule.path("spec")
                .path("groups")
                .path(0)
                .path("rules")
                .valueStream()
                .toList();
    }

    @Test
    void productionDatabaseCommitsOnAStandbyAndHasTheNamesThatTheBaseExpects() {
        JsonNode cluster = document(
                Manifests.HOME.resolve("overlays").resolve("production").resolve("postgres.yaml"));
        JsonNode spec = cluster.path("spec");
        String name = cluster.path("metadata").path("name").asText();
        JsonNode synchronous = spec.path("postgresql").path("synchronous");

        assertThat(spec.path("instances").asInt()).isEqualTo(3);
        assertThat(synchronous.path("number").asInt()).isEqualTo(1);
        assertThat(synchronous.path("dataDurability").asText()).isEqualTo("required");
        assertThat(spec.path("postgresql")
                        .path("parameters")
                        .path("synchronous_commit")
                        .asText())
                .isEqualTo("on");
        // The operator names the Service of the primary and the Secret of the owner after the cluster.
        assertThat(Manifests.text(Manifests.BASE.resolve("skein.conf"))).contains("//" + name + "-rw:5432/skein");
        assertThat(Manifests.text(Manifests.BASE.resolve("statefulset.yaml"))).contains("name: " + name + "-app");
        assertThat(spec.path("bootstrap").path("initdb").path("database").asText())
                .isEqualTo("skein");
        assertThat(spec.path("storage").has("size")).isTrue();
    }

    private static JsonNode document(Path file) {
        return Manifests.documents(file).getFirst();
    }
}
