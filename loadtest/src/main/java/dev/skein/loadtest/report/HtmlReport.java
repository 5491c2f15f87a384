package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The report of one run as a page for people. */
public final class HtmlReport {
    private static final double MICROS = 1e3;
    private static final double MIB = 1024 * 1024;
    private static final String MEASURED = "measuring";

    private final ObjectNode report;
    private final List<JsonNode> samples = new ArrayList<>();

    private HtmlReport(ObjectNode report) {
        this.report = report;
        report.path("samples").forEach(samples::add);
    }

    /** The page. {@code summary}: the text that stands at the end of a run. */
    public static String of(ObjectNode report, String summary) {
        return new HtmlReport(report).page(summary);
    }

    private String page(String summary) {
        List<String> failures = new ArrayList<>();
        report.path("failures").forEach(failure -> failures.add(failure.asText()));
        JsonNode environment = report.path("environment");
        HtmlPage page = new HtmlPage(
                report.path("title").asText(report.path("scenario").asText()),
                environment.path("started").asText() + "   "
                        + environment.path("machine").asText(),
                failures,
                true);
        page.raw("<div class=\"cards\">");
        cards(page);
        page.raw("</div><div class=\"charts\">\n");
        for (Chart chart : charts()) {
            if (!chart.isEmpty()) {
                page.raw(chart.html());
            }
        }
        page.raw("</div>\n");
        page.heading("Summary").text(summary);
        page.environment(report);
        seconds(page);
        return page.end();
    }

    private void cards(HtmlPage page) {
        boolean messages = report.has("outPerSecond");
        if (messages) {
            page.card("delivered", Format.perSecond(report.path("outPerSecond").asDouble()), "/s");
            page.card("published", Format.perSecond(report.path("inPerSecond").asDouble()), "/s");
        } else {
            page.card("connections held", Format.text("%,d", report.path("held").asInt()), "");
            page.card(
                    "connected",
                    Format.perSecond(
                            report.path("schedule").path("reachedPerSecond").asDouble()),
                    "/s");
        }
        JsonNode latency = report.path(messages ? "latencyMicros" : "connectMicros");
        String what = messages ? "latency" : "connect";
        if (latency.path("count").asLong() > 0) {
            for (String percentile : List.of("p50", "p99", "p99.9", "max")) {
                page.card(
                        what + " " + percentile,
                        Format.millis((long) (latency.path(percentile).asDouble() * MICROS)),
                        "ms");
            }
        }
        JsonNode memory = report.path("memory");
        if (memory.has("bytesPerConnection")) {
            page.card(
                    "memory a connection",
                    Format.text("%.2f", memory.path("bytesPerConnection").asDouble() / 1024),
                    "KiB");
        }
        JsonNode broker = report.path("broker");
        if (broker.isObject()) {
            String per = messages ? "cpuMicrosPerDelivery" : "cpuMicrosPerConnect";
            page.card(
                    messages ? "CPU a delivery" : "CPU a connect",
                    Format.text("%.2f", broker.path(per).asDouble()),
                    "\u00b5s");
            page.card(
                    "broker memory",
                    Format.text("%.0f", broker.path("peakBytes").asDouble() / MIB),
                    "MiB");
        }
    }

    private List<Chart> charts() {
        double end = samples.isEmpty() ? 1 : samples.getLast().path("seconds").asDouble(1);
        return List.of(
                distribution(),
                latency(end),
                throughput(end),
                banded(new Chart("CPU", "busy cores over time", Axis.time(end, "s"), top("Cores", 1, "cores")))
                        .line("broker", 1, over("brokerCores", 1, "%.2f cores"))
                        .line("tester", 2, over("testerCores", 1, "%.2f cores")),
                banded(new Chart(
                                "Memory", "resident, over time", Axis.time(end, "s"), top("ResidentBytes", MIB, "MiB")))
                        .line("broker", 1, over("brokerResidentBytes", MIB, "%,.0f MiB"))
                        .line("tester", 2, over("testerResidentBytes", MIB, "%,.0f MiB")),
                connections(end));
    }

    private Chart distribution() {
        double least = Double.MAX_VALUE;
        double most = 0;
        double highest = 0;
        for (JsonNode distribution : report.path("distributions")) {
            for (JsonNode point : distribution.path("points")) {
                least = Math.min(least, Math.max(1, point.path(1).asDouble()));
                most = Math.max(most, point.path(1).asDouble());
                if (point.path(0).asDouble() < 100) {
                    highest = Math.max(highest, point.path(0).asDouble());
                }
            }
        }
        int nines = highest >= 100 ? 7 : (int) Math.min(7, Math.max(2, Math.ceil(-Math.log10(1 - highest / 100))));
        Chart chart = new Chart(
                report.has("outPerSecond") ? "Latency by percentile" : "Connect time by percentile",
                "both axes logarithmic",
                Axis.nines(nines),
                micros(Math.min(least, most), most));
        int colour = 0;
        for (JsonNode distribution : report.path("distributions")) {
            List<Chart.Point> points = new ArrayList<>();
            for (JsonNode point : distribution.path("points")) {
                double percent = point.path(0).asDouble();
                double value = Math.max(1, point.path(1).asDouble());
                points.add(new Chart.Point(percent, value, Format.text("p%.6g  %s", percent, time(value))));
            }
            colour = colour % 6 + 1;
            chart.line(distribution.path("name").asText(), colour, points);
        }
        return chart;
    }

    private Chart latency(double end) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (JsonNode sample : samples) {
            if (sample.has("p50Micros")) {
                least = Math.min(least, Math.max(1, sample.path("p50Micros").asDouble()));
                most = Math.max(most, sample.path("maxMicros").asDouble());
            }
        }
        Chart chart = banded(new Chart(
                report.has("outPerSecond") ? "Latency over time" : "Connect time over time",
                "of each second, logarithmic",
                Axis.time(end, "s"),
                micros(Math.min(least, most), most)));
        for (String line : List.of("max", "p99", "p50")) {
            List<Chart.Point> points = new ArrayList<>();
            for (JsonNode sample : samples) {
                if (sample.has(line + "Micros")) {
                    double value = Math.max(1, sample.path(line + "Micros").asDouble());
                    points.add(new Chart.Point(seconds(sample), value, at(sample) + time(value)));
                }
            }
            chart.line(line, line.equals("p50") ? 1 : line.equals("p99") ? 2 : 4, points);
        }
        return chart;
    }

    private Chart throughput(double end) {
        boolean messages = report.has("outPerSecond");
        String suffix = messages ? "PerSecond" : "connectsPerSecond";
        double most = most(name -> name.endsWith(suffix) && (!messages || !name.startsWith("connects")));
        Chart chart = banded(new Chart(
                messages ? "Throughput" : "Connections a second",
                messages ? "messages a second over time" : "over time",
                Axis.time(end, "s"),
                Axis.linear(0, most, HtmlReport::short3, messages ? "msg/s" : "/s")));
        if (!messages) {
            return chart.area("connects", 1, over("connectsPerSecond", 1, "%,.0f/s"));
        }
        return chart.area("delivered", 1, over("outPerSecond", 1, "%,.0f/s"))
                .dashed("published", 3, over("inPerSecond", 1, "%,.0f/s"));
    }

    private Chart connections(double end) {
        double most = most(name -> name.equals("connections") || name.equals("errors"));
        return banded(new Chart(
                        "Connections",
                        "up, and errors so far",
                        Axis.time(end, "s"),
                        Axis.linear(0, Math.max(1, most), HtmlReport::short3, "")))
                .area("up", 1, over("connections", 1, "%,.0f"))
                .line("errors", 6, over("errors", 1, "%,.0f"));
    }

    /** Shades the phases that are not measured; of a scenario every other one. */
    private Chart banded(Chart chart) {
        String measured = report.has("outPerSecond") ? MEASURED : "connect";
        boolean scenario = report.has("flows");
        boolean other = true;
        double from = 0;
        for (int i = 0; i < samples.size(); i++) {
            String phase = samples.get(i).path("phase").asText();
            boolean last = i == samples.size() - 1
                    || !samples.get(i + 1).path("phase").asText().equals(phase);
            if (last) {
                double to = samples.get(i).path("seconds").asDouble();
                if (scenario || !phase.equals(measured)) {
                    chart.band(from, to, phase, !scenario || other);
                }
                from = to;
                other = !other;
            }
        }
        return chart;
    }

    private List<Chart.Point> over(String field, double unit, String pattern) {
        List<Chart.Point> points = new ArrayList<>();
        for (JsonNode sample : samples) {
            if (sample.has(field)) {
                double value = sample.path(field).asDouble() / unit;
                points.add(new Chart.Point(seconds(sample), value, at(sample) + Format.text(pattern, value)));
            }
        }
        return points;
    }

    private Axis top(String suffix, double unit, String name) {
        double most = most(field -> field.endsWith(suffix)) / unit;
        return Axis.linear(
                0, most, value -> Format.text(most < 0.5 ? "%.2f" : most < 5 ? "%.1f" : "%,.0f", value), name);
    }

    private double most(Predicate<String> fields) {
        double most = 0;
        for (JsonNode sample : samples) {
            for (var field : sample.properties()) {
                if (fields.test(field.getKey())) {
                    most = Math.max(most, field.getValue().asDouble());
                }
            }
        }
        return most;
    }

    private static double seconds(JsonNode sample) {
        return sample.path("seconds").asDouble();
    }

    private static String at(JsonNode sample) {
        return Format.text("%.0f s  ", sample.path("seconds").asDouble());
    }

    private static Axis micros(double least, double most) {
        return Axis.log(Math.max(1, least), Math.max(10, most), HtmlReport::time, "");
    }

    static String time(double micros) {
        if (micros < 1e3) {
            return Format.text("%.3g \u00b5s", micros).replace(".00 ", " ").replace(".0 ", " ");
        }
        return micros < 1e6 ? decimals(micros / 1e3) + " ms" : decimals(micros / 1e6) + " s";
    }

    private static String decimals(double value) {
        String text = Format.text(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    /** 1,200,000 as 1.2 M. */
    static String short3(double value) {
        if (value >= 1e6) {
            return decimals(value / 1e6) + " M";
        }
        return value >= 1e4 ? decimals(value / 1e3) + " k" : Format.text("%,.0f", value);
    }

    /** Every sample as a row, folded away. */
    private void seconds(HtmlPage page) {
        if (samples.isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode sample : samples) {
            rows.add(List.of(
                    Format.text("%.1f", sample.path("seconds").asDouble()),
                    sample.path("phase").asText(),
                    Format.perSecond(sample.path("inPerSecond").asDouble()),
                    Format.perSecond(sample.path("outPerSecond").asDouble()),
                    sample.has("p50Micros") ? time(sample.path("p50Micros").asDouble()) : "",
                    sample.has("p99Micros") ? time(sample.path("p99Micros").asDouble()) : "",
                    sample.has("maxMicros") ? time(sample.path("maxMicros").asDouble()) : "",
                    sample.path("connections").asText(),
                    sample.path("errors").asText(),
                    sample.path("brokerCores").asText(),
                    sample.has("brokerResidentBytes")
                            ? Format.bytes(sample.path("brokerResidentBytes").asDouble())
                            : ""));
        }
        page.raw("<details><summary>Every second as a table</summary>\n")
                .table(
                        List.of(
                                "s",
                                "phase",
                                "in/s",
                                "out/s",
                                "p50",
                                "p99",
                                "max",
                                "connections",
                                "errors",
                                "broker cores",
                                "broker memory"),
                        rows)
                .raw("</details>\n");
    }
}
