package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Two reports side by side. */
public final class Comparison {
    private static final String MEASURED = "measuring";

    private final List<List<String>> rows = new ArrayList<>();

    private Comparison() {}

    /** One figure of one report. */
    private record Value(Spread spread, boolean moreIsBetter) {}

    /**
     * A table of what both have, B against A.
     *
     * @throws IllegalArgumentException when they are of different kinds
     */
    public static String of(ObjectNode a, ObjectNode b) {
        String format = a.path("format").asText();
        if (!format.equals(b.path("format").asText())) {
            throw new IllegalArgumentException("compare: " + format + " and "
                    + b.path("format").asText() + " (expected: two reports of one format)");
        }
        return new Comparison().table(a, b, format.equals(SuiteReport.FORMAT));
    }

    private String table(ObjectNode a, ObjectNode b, boolean suites) {
        Map<String, Value> ofA = suites ? suite(a) : run(a);
        Map<String, Value> ofB = suites ? suite(b) : run(b);
        rows.add(List.of("", "A", "B", "B : A", "", ""));
        ofA.forEach((name, value) -> {
            Value other = ofB.get(name);
            if (other != null) {
                row(name, value, other);
            }
        });
        StringJoiner out = new StringJoiner(System.lineSeparator());
        out.add("A  " + title(a)).add("B  " + title(b)).add("");
        aligned(out);
        out.add("");
        out.add(
                suites
                        ? "Spread: from the least to the greatest run."
                        : "Spread: the middle four fifths of the measured seconds; a suite's runs tell more.");
        return out.toString();
    }

    private static String title(ObjectNode report) {
        JsonNode environment = report.path("environment");
        return report.path("title").asText(report.path("scenario").asText()) + ", "
                + environment.path("started").asText() + ", "
                + environment.path("machine").asText();
    }

    private void row(String name, Value a, Value b) {
        String verdict;
        if (a.spread().value() == b.spread().value()) {
            verdict = "equal";
        } else if (!a.spread().known() || !b.spread().known()) {
            verdict = "spread not known";
        } else if (a.spread().meets(b.spread())) {
            verdict = "within the spread";
        } else {
            boolean more = b.spread().value() > a.spread().value();
            verdict = more == a.moreIsBetter() ? "better" : "worse";
        }
        String spreads = a.spread().known() && b.spread().known()
                ? "A " + a.spread().range() + ", B " + b.spread().range()
                : "";
        rows.add(List.of(name, a.spread().text(), b.spread().text(), b.spread().against(a.spread()), verdict, spreads));
    }

    private void aligned(StringJoiner out) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                boolean right = i > 0 && i < 4;
                line.append(Format.text("%" + (right ? "" : "-") + Math.max(1, widths[i]) + "s  ", row.get(i)));
            }
            out.add(line.toString().stripTrailing());
        }
    }

    private static Map<String, Value> suite(ObjectNode report) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (JsonNode row : report.path("rows")) {
            for (JsonNode figure : row.path("figures")) {
                for (var broker : figure.path("brokers").properties()) {
                    Spread spread = SuiteReport.spread(figure, broker.getKey());
                    if (spread != null) {
                        values.put(
                                row.path("title").asText() + ": " + broker.getKey() + " "
                                        + figure.path("name").asText(),
                                new Value(spread, figure.path("moreIsBetter").asBoolean()));
                    }
                }
            }
        }
        return values;
    }

    private static Map<String, Value> run(ObjectNode report) {
        Map<String, Value> values = new LinkedHashMap<>();
        figure(values, report, "deliveries/s", number(report, "/outPerSecond"), true, "outPerSecond", 1);
        figure(values, report, "published/s", number(report, "/inPerSecond"), true, "inPerSecond", 1);
        for (String kind : List.of("latency", "connect")) {
            for (String percentile : List.of("p50", "p90", "p99", "p99.9", "max")) {
                Double value = number(report, "/" + kind + "Micros/" + percentile);
                figure(
                        values,
                        report,
                        kind + " " + percentile + " ms",
                        value == null ? null : value / 1e3,
                        false,
                        percentile + "Micros",
                        1e3);
            }
        }
        String connects = report.has("outPerSecond") ? "" : "/schedule/reachedPerSecond";
        figure(values, report, "connects/s", number(report, connects), true, "none", 1);
        figure(values, report, "bytes a connection", number(report, "/memory/bytesPerConnection"), false, "none", 1);
        perEvent(values, report, "broker");
        perEvent(values, report, "tester");
        Double peak = number(report, "/broker/peakBytes");
        figure(values, report, "broker peak MiB", peak == null ? null : peak / 1024 / 1024, false, "none", 1);
        for (String check : List.of("lost", "duplicates", "orderBreaks", "unacknowledged")) {
            figure(values, report, check, number(report, "/checks/" + check), false, "none", 1);
        }
        return values;
    }

    /** CPU time for each event, with the same of each second. */
    private static void perEvent(Map<String, Value> values, ObjectNode report, String process) {
        for (String event : List.of("Delivery", "Connect")) {
            Double value = number(report, "/" + process + "/cpuMicrosPer" + event);
            if (value == null) {
                continue;
            }
            List<Double> seconds = new ArrayList<>();
            for (JsonNode sample : report.path("samples")) {
                double rate = sample.path("outPerSecond").asDouble();
                if (measured(sample) && rate > 0 && sample.has(process + "Cores")) {
                    seconds.add(sample.path(process + "Cores").asDouble() / rate * 1e6);
                }
            }
            String name = process + " CPU us a " + (event.equals("Delivery") ? "delivery" : "connect");
            values.put(name, new Value(Spread.ofSeconds(value, seconds), false));
        }
    }

    private static void figure(
            Map<String, Value> values,
            ObjectNode report,
            String name,
            @Nullable Double value,
            boolean moreIsBetter,
            String perSecond,
            double unit) {
        if (value != null) {
            List<Double> seconds = new ArrayList<>();
            for (JsonNode sample : report.path("samples")) {
                if (measured(sample) && sample.has(perSecond)) {
                    seconds.add(sample.path(perSecond).asDouble() / unit);
                }
            }
            values.put(name, new Value(Spread.ofSeconds(value, seconds), moreIsBetter));
        }
    }

    private static boolean measured(JsonNode sample) {
        return sample.path("phase").asText().equals(MEASURED);
    }

    private static @Nullable Double number(ObjectNode report, String at) {
        JsonNode node = report.at(at.isEmpty() ? "/none" : at);
        return node.isNumber() ? node.asDouble() : null;
    }
}
