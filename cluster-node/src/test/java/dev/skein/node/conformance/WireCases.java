package dev.skein.node.conformance;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The data of the suite, read from the class path. */
final class WireCases {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.ALLOW_COMMENTS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Set<String> KEYS = Set.of("name", "clauses", "steps", "slow", "mosquitto", "skein");

    private final ConformanceSuite suite;

    private WireCases(ConformanceSuite suite) {
        this.suite = suite;
    }

    /** The data of {@code suite}. */
    static WireCases of(ConformanceSuite suite) {
        return new WireCases(suite);
    }

    /** Every case of every chapter, in the order of {@code chapters.json}. */
    List<WireCase> all() {
        List<WireCase> cases = new ArrayList<>();
        Set<String> titles = new HashSet<>();
        for (JsonNode chapter : read("chapters.json")) {
            for (JsonNode node : read(chapter.asText() + ".json")) {
                WireCase wireCase = wireCase(chapter.asText(), node);
                if (!titles.add(wireCase.chapter() + wireCase.name())) {
                    throw new IllegalStateException("name: " + wireCase.name() + " (expected: once in a chapter)");
                }
                cases.add(wireCase);
            }
        }
        return cases;
    }

    private WireCase wireCase(String chapter, JsonNode node) {
        Map<String, String> deviations = new LinkedHashMap<>();
        node.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new IllegalStateException(chapter + ": key " + key + " (expected: one of " + KEYS + ")");
            }
        });
        for (String broker : List.of("mosquitto", "skein")) {
            if (node.has(broker)) {
                deviations.put(broker, node.get(broker).asText());
            }
        }
        return new WireCase(
                suite,
                chapter,
                node.get("name").asText(),
                strings(node.get("clauses")),
                strings(node.get("steps")),
                node.path("slow").asBoolean(),
                deviations);
    }

    /** The named packets and steps of {@code macros.json}. */
    Macros macros() {
        JsonNode root = read("macros.json");
        Map<String, String> packets = new LinkedHashMap<>();
        root.get("packets")
                .properties()
                .forEach(e -> packets.put(e.getKey(), e.getValue().asText()));
        Map<String, List<String>> steps = new LinkedHashMap<>();
        root.get("steps").properties().forEach(e -> steps.put(e.getKey(), strings(e.getValue())));
        return new Macros(packets, steps);
    }

    /** The clauses of the specification. */
    List<Clause> clauses() {
        List<Clause> clauses = new ArrayList<>();
        for (JsonNode node : read("clauses.json")) {
            clauses.add(new Clause(
                    node.get("id").asText(),
                    node.get("summary").asText(),
                    node.path("untested").asText("")));
        }
        return clauses;
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(node -> strings.add(node.asText()));
        return strings;
    }

    private JsonNode read(String name) {
        String path = "conformance/" + suite.folder() + name;
        try (InputStream in = WireCases.class.getResourceAsStream("/" + path)) {
            if (in == null) {
                throw new IllegalStateException(path + ": missing");
            }
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
