package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each file is what Kubernetes, Kustomize or an operator understands, and each is used. */
class ManifestsTest {
    private static final Set<String> KUSTOMIZATION_KEYS = Set.of(
            "apiVersion",
            "kind",
            "namespace",
            "resources",
            "components",
            "patches",
            "images",
            "configMapGenerator",
            "secretGenerator");

    static List<Path> files() {
        return Manifests.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyDocumentIsOfAKnownKindAndHasNoUnknownProperty(Path file) {
        assertThat(Manifests.documents(file)).isNotEmpty().allSatisfy(ManifestsTest::parse);
    }

    private static void parse(JsonNode document) {
        String kind = Manifests.kind(document);
        if (Manifests.KINDS.containsKey(kind)) {
            assertThat(Manifests.as(Manifests.KINDS.get(kind), document)).isNotNull();
        } else if (kind.startsWith("kustomize.config.k8s.io/")) {
            assertThat(KUSTOMIZATION_KEYS).containsAll(Manifests.names(document));
        } else {
            assertThat(CustomResourcesTest.KINDS).contains(kind);
        }
    }

    @Test
    void misspeltPropertyIsRefused() {
        String text = Manifests.text(Manifests.BASE.resolve("statefulset.yaml"));

        for (String word : List.of("podManagementPolicy", "readinessProbe", "readOnlyRootFilesystem", "secretKeyRef")) {
            JsonNode wrong =
                    Manifests.documents(text.replace(word + ":", word + "x:")).getFirst();
            assertThatThrownBy(() -> Manifests.as(StatefulSet.class, wrong)).hasMessageContaining(word + "x");
        }
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void kustomizationNamesFilesThatExist(Path file) {
        assertThat(named(file)).isNotEmpty().allSatisfy(path -> assertThat(path).exists());
    }

    @Test
    void everyFileIsNamedByAKustomization() {
        Set<Path> used = new HashSet<>();
        kustomizations().forEach(file -> used.addAll(named(file)));

        assertThat(Manifests.files())
                .filteredOn(file -> !file.endsWith("kustomization.yaml"))
                .map(Path::normalize)
                .allSatisfy(file -> assertThat(used).contains(file));
    }

    static List<Path> kustomizations() {
        return Manifests.files().stream()
                .filter(file -> file.endsWith("kustomization.yaml"))
                .toList();
    }

    private static List<Path> named(Path file) {
        JsonNode document = Manifests.documents(file).getFirst();
        List<String> names = new ArrayList<>();
        document.path("resources").forEach(name -> names.add(name.asText()));
        document.path("components").forEach(name -> names.add(name.asText()));
        document.path("patches").forEach(patch -> names.add(patch.path("path").asText()));
        document.path("configMapGenerator").forEach(map -> map.path("files").forEach(name -> names.add(name.asText())));
        return names.stream()
                .map(name -> file.resolveSibling(name).normalize())
                .map(path -> Files.isDirectory(path) ? path.resolve("kustomization.yaml") : path)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production", "production-lease"})
    void overlayIsBuiltWhereKustomizeIsInstalled(String overlay) throws Exception {
        String built = kustomize(Manifests.HOME.resolve("overlays").resolve(overlay));

        List<JsonNode> documents = Manifests.documents(built);
        assertThat(documents)
                .filteredOn(document -> Manifests.KINDS.containsKey(Manifests.kind(document)))
                .hasSizeGreaterThan(5)
                .allSatisfy(ManifestsTest::parse);
        assertThat(documents)
                .filteredOn(document -> Manifests.kind(document).equals("v1 ConfigMap"))
                .singleElement()
                .satisfies(map -> assertThat(map.path("data").path("skein.conf").asText())
                        .isEqualTo(Manifests.text(Manifests.BASE.resolve("skein.conf"))));
    }

    private static String kustomize(Path directory) throws IOException, InterruptedException {
        List<List<String>> ways = List.of(List.of("kustomize", "build"), List.of("kubectl", "kustomize"));
        for (List<String> way : ways) {
            if (isOnPath(way.getFirst())) {
                List<String> command = new ArrayList<>(way);
                command.add(directory.toString());
                Process process = new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
                return output;
            }
        }
        assumeTrue(false, "neither kustomize nor kubectl on the path");
        return "";
    }

    private static boolean isOnPath(String tool) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }
}
