package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.loadtest.TinyBroker.Fault;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** What a run leaves in files. */
class ReportTest {
    private static final Pattern SVG = Pattern.compile("<svg .*?</svg>", Pattern.DOTALL);

    @TempDir
    private Path directory;

    private final TinyBroker broker = TinyBroker.start(Fault.NONE);

    @AfterEach
    void close() {
        broker.close();
    }

    private Outcome run(String arguments) {
        List<String> all = new ArrayList<>(List.of(arguments.split(" ", -1)));
        all.addAll(List.of("--port=" + broker.port(), "--threads=2"));
        return Outcome.of(all.toArray(String[]::new));
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(file(name).toFile());
    }

    @Test
    void everySecondOfARunIsInItsReport() throws IOException {
        Outcome outcome = run("pair --pairs 3 --qos 1 --warmup 500ms --duration 2500ms --json " + file("a.json")
                + " --broker-pid " + ProcessHandle.current().pid());

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        JsonNode report = json("a.json");
        assertThat(report.path("format").asText()).isEqualTo("skein-load/1");
        List<JsonNode> measured = report.path("samples")
                .valueStream()
                .filter(sample -> sample.path("phase").asText().equals("measuring"))
                .toList();
        assertThat(measured).hasSizeGreaterThanOrEqualTo(2).allSatisfy(sample -> {
            assertThat(sample.path("connections").asInt()).isEqualTo(6);
            assertThat(sample.path("errors").asInt(-1)).isZero();
            assertThat(sample.path("brokerResidentBytes").asLong()).isPositive();
            assertThat(sample.has("brokerCores")).isTrue();
        });
        assertThat(measured).anySatisfy(sample -> {
            assertThat(sample.path("outPerSecond").asDouble()).isPositive();
            assertThat(sample.path("p50Micros").asDouble()).isPositive();
            assertThat(sample.path("maxMicros").asDouble())
                    .isGreaterThanOrEqualTo(sample.path("p50Micros").asDouble());
        });
        JsonNode points = report.path("distributions").path(0).path("points");
        assertThat(points.path(points.size() - 1).path(0).asDouble()).isEqualTo(100);
    }

    @Test
    void environmentNamesTheMachineAndHidesThePassword() throws IOException {
        run("pair --pairs 1 --warmup 0ms --duration 300ms --username u --password secret --json " + file("a.json"));

        JsonNode environment = json("a.json").path("environment");
        assertThat(environment.path("commandLine").asText())
                .startsWith("skein-load pair --pairs 1")
                .contains("--password ***")
                .doesNotContain("secret");
        assertThat(environment.path("machine").asText()).contains("cores");
        assertThat(environment.path("version").asText()).isNotEqualTo("unknown").doesNotContain("$");
    }

    @Test
    void pageIsWholeByItselfAndItsPicturesAreWellFormed() throws Exception {
        run("pair --pairs 2 --warmup 200ms --duration 1300ms --html " + file("a.html") + " --broker-pid "
                + ProcessHandle.current().pid());

        String page = Files.readString(file("a.html"));
        assertThat(page)
                .doesNotContain("<script", "<link", "src=", "@import", "url(", "http:", "https:", "NaN", "Infinity")
                .contains(
                        "prefers-color-scheme: dark",
                        "Latency by percentile",
                        "Latency over time",
                        "Throughput",
                        "CPU",
                        "Memory",
                        "skein-load pair");
        List<String> pictures =
                SVG.matcher(page).results().map(result -> result.group()).toList();
        assertThat(pictures).hasSize(6);
        for (String picture : pictures) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(picture)));
        }
    }

    @Test
    void connectRunHasAPageToo() throws IOException {
        run("connect --clients 50 --rate 500 --duration 500ms --html " + file("c.html"));

        assertThat(Files.readString(file("c.html"))).contains("Connect time by percentile", "Connections a second");
    }

    @Test
    void intervalLogHoldsEveryLatency() throws IOException {
        run("pair --pairs 2 --qos 1 --warmup 0ms --duration 1500ms --json " + file("a.json") + " --hdr "
                + file("a.hlog"));

        long count = 0;
        try (HistogramLogReader reader = new HistogramLogReader(file("a.hlog").toFile())) {
            for (EncodableHistogram interval = reader.nextIntervalHistogram();
                    interval != null;
                    interval = reader.nextIntervalHistogram()) {
                count += ((org.HdrHistogram.AbstractHistogram) interval).getTotalCount();
            }
        }
        assertThat(count)
                .isPositive()
                .isEqualTo(json("a.json").path("latencyMicros").path("count").asLong());
    }

    @Test
    void percentileDistributionIsWrittenForItsSuffix() throws IOException {
        run("pair --pairs 1 --warmup 0ms --duration 600ms --hdr " + file("a.hgrm"));

        assertThat(Files.readString(file("a.hgrm"))).contains("Percentile", "#[Mean");
    }

    @Test
    void comparisonNamesRatiosAndWhatMayBeChance() {
        run("pair --pairs 2 --qos 1 --warmup 0ms --duration 2200ms --json " + file("a.json"));
        run("pair --pairs 2 --qos 1 --rate 50 --warmup 0ms --duration 2200ms --json " + file("b.json"));

        Outcome same =
                Outcome.of("compare", file("a.json").toString(), file("a.json").toString());
        Outcome other =
                Outcome.of("compare", file("a.json").toString(), file("b.json").toString());

        assertThat(same.exit()).as(same.err()).isZero();
        assertThat(same.out()).containsPattern("deliveries/s .*1\\.00x +equal");
        assertThat(other.out()).containsPattern("deliveries/s .*1/[0-9.]+ +worse");
    }

    @Test
    void comparisonRefusesWhatIsNoReport() throws IOException {
        Files.writeString(file("x.json"), "{}");

        Outcome outcome =
                Outcome.of("compare", file("x.json").toString(), file("x.json").toString());

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("not a report");
    }
}
