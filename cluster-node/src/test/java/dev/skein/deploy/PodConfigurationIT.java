package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code skein check-config}, as a process, with the file and the environment of a pod. */
@Timeout(300)
class PodConfigurationIT {
    @TempDir
    private Path directory;

    /** An exit code and all that was printed. */
    private record Outcome(int code, String text) {}

    @Test
    void nodeWouldStartWithTheFileAndTheEnvironmentOfAPod() throws Exception {
        Outcome outcome = check(List.of(Pod.in("overlays/dev")), Map.of());

        assertThat(outcome.code()).as(outcome::text).isZero();
        assertThat(outcome.text()).contains("skein-1.skein-nodes");
    }

    @ParameterizedTest
    @CsvSource({
        "components/discovery-dns, _cluster._tcp.skein-nodes",
        "components/discovery-kubernetes-api, kubernetes-api",
        "components/lease, lease-majority"
    })
    void variablesOfTheComponentAreKnownAndFitTheFile(String component, String shown) throws Exception {
        Outcome outcome = check(List.of(Pod.in("overlays/dev"), Pod.in(component)), Map.of());

        assertThat(outcome.code()).as(outcome::text).isZero();
        assertThat(outcome.text()).contains(shown);
    }

    @Test
    void variablesOfTheTlsComponentAreKnown() throws Exception {
        List<StatefulSet> parts = List.of(Pod.in("components/tls"));
        assertThat(Pod.container(parts.getFirst()).getEnv())
                .allSatisfy(variable -> assertThat(variable.getValue()).startsWith("/etc/skein-tls/tls."));

        // The files are not here: the only thing that is wrong.
        Outcome outcome = check(parts, Map.of());
        assertThat(outcome.text()).doesNotContain("sets no known key");
        if (outcome.code() != 0) {
            assertThat(outcome.text().lines().filter(line -> line.startsWith("skein: ")))
                    .allSatisfy(line -> assertThat(line).contains("/etc/skein-tls/"));
        }
    }

    @Test
    void variableThatFitsNoKeyIsRefused() throws Exception {
        Outcome outcome = check(List.of(), Map.of("SKEIN_CLUSTER_HOSTS", "a"));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.text()).contains("SKEIN_CLUSTER_HOSTS");
    }

    private Outcome check(List<StatefulSet> parts, Map<String, String> more) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.skein.node.main.Main",
                "check-config",
                "--show",
                "--config",
                Manifests.BASE.resolve("skein.conf").toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(Pod.environment(Pod.variables(parts), "skein-1", "10.0.0.2", StatefulSetTest.secrets()));
        ClusterSecret.write(directory);
        ClusterSecret.mount(environment, directory);
        builder.environment().keySet().removeIf(name -> name.startsWith("SKEIN_"));
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Outcome(code, Files.readString(output, StandardCharsets.UTF_8));
    }
}
