package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard asks for metrics that there are. */
class DashboardTest {
    private static final Path DASHBOARD =
            Manifests.HOME.resolve(Path.of("components", "grafana-dashboard", "skein.json"));
    private static final Path METRICS = Path.of("..", "docs", "metrics.md");
    private static final Pattern NAME = Pattern.compile("skein_[a-z_]+");

    private static JsonNode dashboard() throws Exception {
        return new ObjectMapper().readTree(DASHBOARD.toFile());
    }

    @Test
    void everyMetricIsDocumented() throws Exception {
        String documented = Files.readString(METRICS);
        List<String> asked = NAME.matcher(dashboard().toString())
                .results()
                .map(MatchResult::group)
                .map(name -> name.replaceAll("_seconds_(bucket|sum|count)$", "_seconds"))
                .distinct()
                .toList();
        assertThat(asked)
                .hasSizeGreaterThan(15)
                .allSatisfy(name -> assertThat(documented).contains("| `" + name + "` |"));
    }

    @Test
    void everyPanelSaysWhatItShowsAndHasAPlaceOfItsOwn() throws Exception {
        Set<String> places = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(places.add(panel.path("gridPos").toString())).isTrue();
            assertThat(panel.path("title").asText()).isNotEmpty();
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.path("targets")).isNotEmpty();
                assertThat(panel.path("description").asText()).isNotEmpty();
            }
        }
        assertThat(ids).hasSizeGreaterThan(20);
    }
}
