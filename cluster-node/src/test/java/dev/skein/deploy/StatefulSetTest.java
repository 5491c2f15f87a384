package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests agree with one another, with {@code reference.conf} and with the code. */
class StatefulSetTest {
    private static final Config CONFIG = ConfigFactory.parseFile(
                    Manifests.BASE.resolve("skein.conf").toFile())
            .withFallback(ConfigFactory.defaultReferenceUnresolved())
            .resolve();
    private static final StatefulSet SET = Pod.base();
    private static final PodSpec POD = SET.getSpec().getTemplate().getSpec();
    private static final Container CONTAINER = Pod.container(SET);
    private static final StatefulSet TLS = Pod.in("components/tls");

    @Test
    void portsOfThePodAreThoseThatTheNodeOpens() {
        Stream<ContainerPort> ports = Stream.of(SET, TLS).flatMap(set -> Pod.container(set).getPorts().stream());

        assertThat(ports).hasSize(7).allSatisfy(port -> {
            String key = switch (port.getName()) {
                case "http", "health" -> "skein." + port.getName() + ".port";
                case "cluster" -> "skein.cluster.port";
                default -> "skein.listeners." + port.getName() + ".port";
            };
            assertThat(port.getContainerPort()).as(key).isEqualTo(CONFIG.getInt(key));
        });
    }

    @Test
    void everythingThatIsReachedFromOutsideThePodListensOnItsAddress() {
        for (String key :
                List.of("listeners.mqtt", "listeners.mqtts", "listeners.ws", "listeners.wss", "http", "health")) {
            assertThat(CONFIG.getString("skein." + key + ".host")).as(key).isEqualTo("0.0.0.0");
        }
        assertThat(Pod.environment(CONTAINER.getEnv(), "skein-4", "10.0.0.7", secrets()))
                .containsEntry("SKEIN_CLUSTER_HOST", "skein-4.skein-nodes")
                .containsEntry("SKEIN_CLUSTER_BIND_HOST", "10.0.0.7");
    }

    @Test
    void servicesAndPolicyNamePortsOfThePod() {
        List<String> names = Stream.of(SET, TLS)
                .flatMap(set -> Pod.container(set).getPorts().stream())
                .map(ContainerPort::getName)
                .toList();
        Path tls = Manifests.HOME.resolve(Path.of("components", "tls", "service.yaml"));

        for (Service service : List.of(service("service.yaml"), Manifests.read(Service.class, tls))) {
            assertThat(service.getSpec().getPorts())
                    .extracting(ServicePort::getName)
                    .doesNotContain("cluster");
            assertThat(service.getSpec().getPorts()).allSatisfy(StatefulSetTest::targetsItself);
            assertThat(names)
                    .containsAll(service.getSpec().getPorts().stream()
                            .map(ServicePort::getName)
                            .toList());
        }
        NetworkPolicy policy = Manifests.read(NetworkPolicy.class, Manifests.BASE.resolve("networkpolicy.yaml"));
        assertThat(policy.getSpec().getIngress())
                .flatExtracting(rule -> rule.getPorts().stream()
                        .map(port -> port.getPort().getStrVal())
                        .toList())
                // The kubelet reaches what no pod has to.
                .containsExactlyInAnyOrderElementsOf(
                        names.stream().filter(name -> !name.equals("health")).toList());
        assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(labels());
    }

    private static void targetsItself(ServicePort port) {
        assertThat(port.getTargetPort().getStrVal()).isEqualTo(port.getName());
        assertThat(port.getPort())
                .isEqualTo(CONFIG.getInt(
                        port.getName().equals("http")
                                ? "skein.http.port"
                                : "skein.listeners." + port.getName() + ".port"));
    }

    @Test
    void podsFindEachOtherBeforeTheyAreReady() {
        Service nodes = service("service-nodes.yaml");

        assertThat(nodes.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(nodes.getSpec().getPublishNotReadyAddresses()).isTrue();
        assertThat(nodes.getSpec().getSelector()).isEqualTo(labels());
        assertThat(nodes.getMetadata().getName()).isEqualTo(SET.getSpec().getServiceName());
        assertThat(SET.getSpec().getPodManagementPolicy()).isEqualTo("Parallel");
        assertThat(SET.getSpec().getSelector().getMatchLabels()).isEqualTo(labels());
        assertThat(service("service.yaml").getSpec().getSelector()).isEqualTo(labels());
    }

    @Test
    void seedsAreTheFirstPods() {
        String set = SET.getMetadata().getName();
        assertThat(CONFIG.getStringList("skein.cluster.seeds"))
                .containsExactlyElementsOf(IntStream.range(0, SET.getSpec().getReplicas())
                        .mapToObj(ordinal ->
                                set + "-" + ordinal + "." + SET.getSpec().getServiceName() + ":25520")
                        .toList());
        HorizontalPodAutoscaler autoscaler = Manifests.read(
                HorizontalPodAutoscaler.class,
                Manifests.HOME.resolve(Path.of("components", "autoscaler", "horizontalpodautoscaler.yaml")));
        assertThat(autoscaler.getSpec().getMinReplicas())
                .isEqualTo(SET.getSpec().getReplicas());
        assertThat(autoscaler.getSpec().getScaleTargetRef().getName()).isEqualTo(set);
    }

    @Test
    void oneMayBeAwayAndTheRestIsAMajority() {
        PodDisruptionBudget budget =
                Manifests.read(PodDisruptionBudget.class, Manifests.BASE.resolve("poddisruptionbudget.yaml"));

        assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(labels());
        assertThat(SET.getSpec().getReplicas()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void probesAskWhatTheControlApiAnswers() {
        String api = Manifests.text(Path.of("..", "docs", "control-api.md"));
        assertThat(CONTAINER.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
        assertThat(CONTAINER.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        for (Probe probe :
                List.of(CONTAINER.getStartupProbe(), CONTAINER.getLivenessProbe(), CONTAINER.getReadinessProbe())) {
            assertThat(api).contains("`GET " + probe.getHttpGet().getPath() + "`");
            assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("health");
        }
    }

    @Test
    void thePodIsGivenTheTimeThatItsDrainTakes() throws ReflectiveOperationException {
        var limit = Class.forName("dev.skein.node.main.NodeProcess").getDeclaredField("DRAIN_LIMIT");
        limit.setAccessible(true);
        Duration drain = (Duration) Objects.requireNonNull(limit.get(null));
        long before = CONTAINER.getLifecycle().getPreStop().getSleep().getSeconds();

        assertThat(POD.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(before + drain.toSeconds() + 10);
    }

    /** The heap gets a half (MaxRAMPercentage in the image), and what is left must do for code, classes and threads. */
    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/production"})
    void networkBuffersGetAQuarterOfTheMemory(String directory) {
        Container container = Pod.container(Pod.in(directory));
        long limit = mebibytes(
                Objects.requireNonNull(container.getResources().getLimits().get("memory"))
                        .toString());

        assertThat(Image.words("ENTRYPOINT")).contains("-XX:MaxRAMPercentage=50");
        assertThat(limit).isGreaterThanOrEqualTo(1024);
        assertThat(container.getEnv())
                .filteredOn(variable -> variable.getName().equals("JDK_JAVA_OPTIONS"))
                .singleElement()
                .satisfies(variable -> assertThat(variable.getValue()).matches("-XX:MaxDirectMemorySize=\\d+[mg]"))
                .extracting(variable -> mebibytes(variable.getValue().substring("-XX:MaxDirectMemorySize=".length())))
                .isEqualTo(limit / 4);
    }

    private static long mebibytes(String size) {
        long number = Long.parseLong(size.replaceAll("\\D", ""));
        return size.toLowerCase(Locale.ROOT).contains("g") ? number * 1024 : number;
    }

    @Test
    void processHasNoPrivilegeAndWritesOnlyWhereAVolumeIs() {
        var pod = POD.getSecurityContext();
        var container = CONTAINER.getSecurityContext();

        assertThat(pod.getRunAsNonRoot()).isTrue();
        assertThat(Image.last("USER")).isEqualTo(pod.getRunAsUser() + ":" + pod.getRunAsGroup());
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(POD.getAutomountServiceAccountToken()).isFalse();
        assertThat(CONTAINER.getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .containsExactlyInAnyOrder("/etc/skein", "/etc/skein-cluster-tls", "/var/lib/skein", "/tmp");
        assertThat(CONTAINER.getArgs())
                .containsExactly("run", "--config", "/etc/skein/skein.conf", "--data", "/var/lib/skein");
        assertThat(CONTAINER.getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(POD.getVolumes().stream()
                        .map(volume -> volume.getName())
                        .toList());
    }

    private static Map<String, String> labels() {
        return SET.getSpec().getTemplate().getMetadata().getLabels();
    }

    private static Service service(String name) {
        return Manifests.read(Service.class, Manifests.BASE.resolve(name));
    }

    static Map<String, String> secrets() {
        return Map.of(
                "skein-postgres-app/username", "skein",
                "skein-postgres-app/password", "of-the-database",
                "skein-control/token", "of-the-api");
    }
}
