package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.suite.Broker;
import dev.skein.loadtest.suite.Figure;
import dev.skein.loadtest.suite.Row;
import dev.skein.loadtest.suite.SuiteResult;
import dev.skein.loadtest.suite.SuiteSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table of a suite as JSON, Markdown and a page. */
public final class SuiteReport {
    /** Of several runs against several brokers; a later version only adds fields as long as the number stays. */
    public static final String FORMAT = "skein-load-suite/1";

    private static final String NONE = "\u2013";
    private static final String ABOUT = "\u2248";
    private static final int BAR_HEIGHT = 22;
    private static final int BAR_LEFT = 120;
    private static final int BAR_WIDTH = 330;
    private static final int BAR_ALL = 600;

    private final ObjectNode report;
    private final List<String> brokers;
    private final String baseline;

    private SuiteReport(ObjectNode report) {
        this.report = report;
        this.brokers = report.path("brokers")
                .valueStream()
                .map(broker -> broker.path("name").asText())
                .toList();
        this.baseline = report.path("baseline").asText();
    }

    /** All values of all runs. */
    public static ObjectNode json(SuiteResult result, Environment environment) {
        SuiteSettings settings = result.settings();
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("format", FORMAT);
        root.put(
                "title",
                settings.brokers().stream().map(Broker::name).collect(Collectors.joining(" and ")) + ", "
                        + (settings.runs() == 1 ? "one run" : "medians of " + settings.runs() + " alternating runs"));
        root.put("baseline", settings.baseline());
        root.put("runs", settings.runs());
        root.put("measuredSeconds", settings.duration().toMillis() / 1e3);
        root.put("warmupSeconds", settings.warmup().toMillis() / 1e3);
        var brokers = root.putArray("brokers");
        settings.brokers()
                .forEach(broker -> brokers.addObject()
                        .put("name", broker.name())
                        .put(
                                "address",
                                broker.address().getHostString() + ":"
                                        + broker.address().getPort()));
        var rows = root.putArray("rows");
        for (Row row : settings.rows()) {
            ObjectNode node = rows.addObject().put("key", row.key()).put("title", row.title());
            Row against = row.against();
            if (against != null) {
                node.put("against", against.key());
            }
            var figures = node.putArray("figures");
            for (Figure figure : row.figures()) {
                figure(figures.addObject(), result, row, figure);
            }
        }
        result.notes().forEach(root.putArray("notes")::add);
        JsonReport.add(environment, root);
        return root;
    }

    private static void figure(ObjectNode node, SuiteResult result, Row row, Figure figure) {
        node.put("name", figure.title()).put("moreIsBetter", figure.moreIsBetter());
        ObjectNode ofBrokers = node.putObject("brokers");
        for (Broker broker : result.settings().brokers()) {
            List<Double> values = result.values(row, broker.name(), figure);
            if (!values.isEmpty()) {
                ObjectNode ofBroker = ofBrokers
                        .putObject(broker.name())
                        .put("median", Spread.ofRuns(values).value());
                values.forEach(ofBroker.putArray("values")::add);
            }
        }
    }

    /** The values of one broker in one figure; null when it has none. */
    static @Nullable Spread spread(JsonNode figure, String broker) {
        List<Double> values = figure.path("brokers")
                .path(broker)
                .path("values")
                .valueStream()
                .map(JsonNode::asDouble)
                .toList();
        return values.isEmpty() ? null : Spread.ofRuns(values);
    }

    /** The table for a document. */
    public static String markdown(ObjectNode report) {
        return new SuiteReport(report).markdown();
    }

    /** The page. */
    public static String html(ObjectNode report) {
        return new SuiteReport(report).page();
    }

    private List<String> head() {
        List<String> head = new ArrayList<>(List.of("work", "figure"));
        head.addAll(brokers);
        others().forEach(broker -> head.add(broker + " : " + baseline));
        return head;
    }

    private Stream<String> others() {
        return brokers.stream().filter(broker -> !broker.equals(baseline));
    }

    private List<List<String>> table() {
        List<List<String>> table = new ArrayList<>();
        for (JsonNode row : report.path("rows")) {
            String title = row.path("title").asText();
            for (JsonNode figure : row.path("figures")) {
                List<String> cells =
                        new ArrayList<>(List.of(title, figure.path("name").asText()));
                title = "";
                for (String broker : brokers) {
                    Spread spread = spread(figure, broker);
                    cells.add(spread == null ? NONE : spread.text());
                }
                others().forEach(broker -> cells.add(ratio(figure, broker)));
                table.add(cells);
            }
        }
        return table;
    }

    /** Each row that does the work of another one in another way, with each broker's ratio of the two. */
    private List<List<String>> inOtherWays() {
        List<List<String>> table = new ArrayList<>();
        for (JsonNode row : report.path("rows")) {
            for (JsonNode plain : report.path("rows")) {
                if (row.path("against").asText("").equals(plain.path("key").asText())) {
                    String title = row.path("title").asText() + " : "
                            + plain.path("title").asText();
                    for (int i = 0; i < row.path("figures").size(); i++) {
                        JsonNode figure = row.path("figures").path(i);
                        JsonNode ofPlain = plain.path("figures").path(i);
                        List<String> cells = new ArrayList<>(
                                List.of(title, figure.path("name").asText()));
                        brokers.forEach(broker -> cells.add(ratio(spread(figure, broker), spread(ofPlain, broker))));
                        table.add(cells);
                        title = "";
                    }
                }
            }
        }
        return table;
    }

    private String ratio(JsonNode figure, String broker) {
        return ratio(spread(figure, broker), spread(figure, baseline));
    }

    private static String ratio(@Nullable Spread spread, @Nullable Spread base) {
        if (base == null || spread == null) {
            return NONE;
        }
        return (spread.meets(base) ? ABOUT + " " : "") + spread.against(base);
    }

    private String markdown() {
        List<String> lines = new ArrayList<>();
        List<String> head = head();
        lines.add("| " + String.join(" | ", head) + " |");
        lines.add("| --- | --- |" + " ---: |".repeat(head.size() - 2));
        table().forEach(cells -> lines.add("| " + String.join(" | ", cells) + " |"));
        lines.add("");
        lines.add(Format.text(
                "%s of %s s after %s s of warm-up. %s stands where the runs of the two overlap.",
                report.path("runs").asInt() == 1
                        ? "One run"
                        : "Medians of " + report.path("runs").asInt() + " alternating runs",
                report.path("measuredSeconds").asText(),
                report.path("warmupSeconds").asText(),
                ABOUT));
        List<List<String>> inOtherWays = inOtherWays();
        if (!inOtherWays.isEmpty()) {
            lines.add("");
            lines.add("| work : the same in the plain way | figure | " + String.join(" | ", brokers) + " |");
            lines.add("| --- | --- |" + " ---: |".repeat(brokers.size()));
            inOtherWays.forEach(cells -> lines.add("| " + String.join(" | ", cells) + " |"));
            lines.add("");
        }
        report.path("notes").forEach(note -> lines.add("- " + note.asText()));
        return String.join(System.lineSeparator(), lines);
    }

    private String page() {
        JsonNode environment = report.path("environment");
        HtmlPage page = new HtmlPage(
                report.path("title").asText(),
                environment.path("started").asText() + "   "
                        + environment.path("machine").asText(),
                List.of(),
                false);
        for (JsonNode row : report.path("rows")) {
            page.raw("<h3>" + HtmlText.of(row.path("title").asText()) + "</h3><div class=\"row\">\n");
            row.path("figures").forEach(figure -> page.raw(bars(figure)));
            page.raw("</div>\n");
        }
        page.heading("Table")
                .raw("<div class=\"second\">")
                .table(head(), table())
                .raw("</div>");
        page.raw("<p class=\"sub\">Bars and figures are medians, thin lines reach from the least to the greatest run. "
                + ABOUT + " stands where the runs of the two overlap.</p>\n");
        if (!report.path("notes").isEmpty()) {
            page.heading("Notes")
                    .text(report.path("notes")
                            .valueStream()
                            .map(JsonNode::asText)
                            .collect(Collectors.joining("\n")));
        }
        return page.environment(report).end();
    }

    /** One figure as a bar for each broker. */
    private String bars(JsonNode figure) {
        String title = figure.path("name").asText();
        List<@Nullable Spread> spreads =
                brokers.stream().map(broker -> spread(figure, broker)).toList();
        double most = spreads.stream()
                .filter(Objects::nonNull)
                .mapToDouble(spread -> spread.known() ? spread.high() : spread.value())
                .max()
                .orElse(0);
        if (most <= 0) {
            return "";
        }
        int height = brokers.size() * (BAR_HEIGHT + 8) + 8;
        StringBuilder out = new StringBuilder(Format.text(
                "<figure><figcaption><b>%s</b><span>%s</span></figcaption>"
                        + "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                HtmlText.of(title),
                figure.path("moreIsBetter").asBoolean() ? "more is better" : "less is better",
                BAR_ALL,
                height,
                HtmlText.of(title)));
        for (int i = 0; i < brokers.size(); i++) {
            bar(out, i, spreads.get(i), most, ratio(figure, brokers.get(i)));
        }
        return out.append("</svg></figure>\n").toString();
    }

    private void bar(StringBuilder out, int index, @Nullable Spread spread, double most, String ratio) {
        int top = 8 + index * (BAR_HEIGHT + 8);
        double middle = top + BAR_HEIGHT / 2.0;
        out.append(Format.text(
                "<text class=\"strong\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                BAR_LEFT - 10, middle + 4, HtmlText.of(brokers.get(index))));
        if (spread == null) {
            out.append(Format.text("<text x=\"%d\" y=\"%.1f\">%s</text>", BAR_LEFT, middle + 4, NONE));
            return;
        }
        double width = Math.max(1, spread.value() / most * BAR_WIDTH);
        double end = width;
        out.append(Format.text(
                "<rect class=\"b%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\">"
                        + "<title>%s %s</title></rect>",
                index % 6 + 1, BAR_LEFT, top, width, BAR_HEIGHT, spread.text(), spread.range()));
        if (spread.known()) {
            end = Math.max(end, spread.high() / most * BAR_WIDTH);
            out.append(Format.text(
                    "<line class=\"whisker\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                    BAR_LEFT + spread.low() / most * BAR_WIDTH,
                    middle,
                    BAR_LEFT + spread.high() / most * BAR_WIDTH,
                    middle));
        }
        boolean own = brokers.get(index).equals(baseline);
        out.append(Format.text(
                "<text class=\"strong\" x=\"%.1f\" y=\"%.1f\">%s%s</text>",
                BAR_LEFT + end + 8,
                middle + 4,
                spread.text(),
                own || ratio.equals(NONE) ? "" : "\u00a0\u00a0\u00a0" + HtmlText.of(ratio)));
    }
}
