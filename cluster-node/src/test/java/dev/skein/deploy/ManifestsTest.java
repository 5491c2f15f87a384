package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    static void parse(JsonNode document) {
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
}
