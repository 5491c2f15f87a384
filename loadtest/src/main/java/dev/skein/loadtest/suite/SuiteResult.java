package dev.skein.loadtest.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a suite found so far. Used by one thread. */
public final class SuiteResult {
    private final SuiteSettings settings;
    private final Map<Row, Map<String, Map<Figure, List<Double>>>> values = new EnumMap<>(Row.class);
    private final Map<String, Integer> notes = new LinkedHashMap<>();

    private boolean failed;

    SuiteResult(SuiteSettings settings) {
        this.settings = settings;
    }

    void add(Row row, Broker broker, Map<Figure, Double> run) {
        Map<Figure, List<Double>> ofBroker = values.computeIfAbsent(row, unused -> new HashMap<>())
                .computeIfAbsent(broker.name(), unused -> new EnumMap<>(Figure.class));
        run.forEach((figure, value) ->
                ofBroker.computeIfAbsent(figure, unused -> new ArrayList<>()).add(value));
    }

    /** Notes a check that was not passed. */
    void fail(Row row, Broker broker, String text) {
        failed = true;
        note(row, broker, text);
    }

    void note(Row row, Broker broker, String text) {
        notes.merge(broker.name() + ", " + row.title() + ": " + text, 1, Integer::sum);
    }

    /** What was run. */
    public SuiteSettings settings() {
        return settings;
    }

    /** The values of one figure in the order of the runs; empty when no run gave one. */
    public List<Double> values(Row row, String broker, Figure figure) {
        return Collections.unmodifiableList(values.getOrDefault(row, Map.of())
                .getOrDefault(broker, Map.of())
                .getOrDefault(figure, List.of()));
    }

    /** Whether a run did not pass its checks. A broker that does not serve a row fails nothing. */
    public boolean failed() {
        return failed;
    }

    /** Runs that failed and rates that were not kept, each kind once with how often. */
    public List<String> notes() {
        return notes.entrySet().stream()
                .map(note -> note.getKey() + (note.getValue() > 1 ? " (" + note.getValue() + " times)" : ""))
                .toList();
    }
}
