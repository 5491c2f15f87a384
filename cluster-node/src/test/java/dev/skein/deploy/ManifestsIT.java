package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code kubectl apply -k} would send, where kustomize or kubectl is installed. */
class ManifestsIT {
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
