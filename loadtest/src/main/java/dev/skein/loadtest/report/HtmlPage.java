package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The frame of every HTML report: one file, nothing loaded from elsewhere, no scripts. */
final class HtmlPage {
    private static final String STYLE = """
            :root { color-scheme: light dark; --bg: #f7f8fa; --card: #ffffff; --ink: #16191d; --soft: #5b6470;
              --line: #e2e5ea; --band: #00000009; --good: #0a7a43; --bad: #c0262d;
              --c1: #2a6fdb; --c2: #d9622b; --c3: #18966a; --c4: #8a4fc8; --c5: #b58900; --c6: #c2417c; }
            @media (prefers-color-scheme: dark) { :root { --bg: #121417; --card: #1b1e23; --ink: #e9ecf0;
              --soft: #98a2af; --line: #2f343c; --band: #ffffff0a; --good: #46c487; --bad: #ff7b7b;
              --c1: #5a9bff; --c2: #f08a55; --c3: #3fc795; --c4: #b78cf0; --c5: #d9b23c; --c6: #ee7fb0; } }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--bg); color: var(--ink);
              font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
            main { max-width: 1340px; margin: 0 auto; padding: 28px 24px 48px; }
            h1 { font-size: 22px; margin: 0; line-height: 1.25; }
            h2 { font-size: 17px; margin: 32px 0 12px; }
            .sub { color: var(--soft); margin: 4px 0 0; }
            .verdict { display: inline-block; font-size: 13px; font-weight: 600; padding: 1px 10px; margin-left: 10px;
              border-radius: 99px; border: 1px solid currentColor; vertical-align: 3px; }
            .good { color: var(--good); } .bad { color: var(--bad); }
            .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(142px, 1fr)); gap: 12px;
              margin: 20px 0; }
            .card, figure, pre, .table { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
            .card { padding: 12px 16px; } .card b { display: block; font-size: 23px; font-weight: 600;
              font-variant-numeric: tabular-nums; white-space: nowrap; }
            .card b small { font-size: 14px; font-weight: 400; color: var(--soft); }
            .card span { color: var(--soft); font-size: 13px; }
            .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(540px, 100%), 1fr)); gap:
              16px; }
            .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); gap: 16px; }
            h3 { font-size: 15px; margin: 22px 0 8px; }
            figure { margin: 0; padding: 14px 16px 8px; } figcaption b { margin-right: 10px; }
            figcaption span, .legend { color: var(--soft); font-size: 13px; }
            .legend { margin: 2px 0; display: flex; flex-wrap: wrap; gap: 4px 16px; }
            .legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px;
              vertical-align: 4px; }
            svg { display: block; width: 100%; height: auto; }
            svg text { fill: var(--soft); font-size: 11.5px; font-variant-numeric: tabular-nums; }
            svg text.strong { fill: var(--ink); font-size: 12.5px; }
            .grid { stroke: var(--line); } .axis, .tick { stroke: var(--soft); stroke-opacity: .6; }
            rect.band { fill: var(--band); } svg text.band { font-size: 10.5px; }
            .whisker { stroke: var(--ink); stroke-opacity: .55; stroke-width: 1.5; }
            .l { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
            .dashed { stroke-dasharray: 6 5; }
            circle { fill: transparent; } circle:hover { fill: var(--ink); }
            pre { padding: 14px 16px; overflow-x: auto; font: 13px/1.5 ui-monospace, "SF Mono", Menlo,
              "DejaVu Sans Mono",
              monospace; margin: 0; }
            .table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14px;
              font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: 6px 12px; border-bottom: 1px solid var(--line); white-space: nowrap; }
            tr:last-child td { border-bottom: 0; } th { color: var(--soft); font-weight: 500; }
            th:first-child, td:first-child, .second td:nth-child(2), .second th:nth-child(2) { text-align: left; }
            .facts td { white-space: normal; text-align: left; } .facts td:first-child { color: var(--soft); width:
              9em; }
            details { margin-top: 12px; } summary { cursor: pointer; color: var(--soft); padding: 6px 0; }
            code { font: 13px ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
            """;
    private static final int COLOURS = 6;

    private final StringBuilder out = new StringBuilder();

    /** Begins a page; {@code failures} null when there is no verdict to give. */
    HtmlPage(String title, String sub, List<String> failures, boolean judged) {
        out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<meta name=\"color-scheme\" content=\"light dark\"><title>")
                .append(HtmlText.of(title))
                .append("</title><style>\n")
                .append(STYLE);
        for (int i = 1; i <= COLOURS; i++) {
            out.append(Format.text(
                    ".k%d { background: var(--c%d); } .l%d { stroke: var(--c%d); } .b%d { fill: var(--c%d); }"
                            + " .a%d { fill: var(--c%d); fill-opacity: .1; }%n",
                    i, i, i, i, i, i, i, i));
        }
        out.append("</style></head><body><main><h1>").append(HtmlText.of(title));
        if (judged) {
            out.append(
                    failures.isEmpty()
                            ? "<span class=\"verdict good\">passed</span>"
                            : "<span class=\"verdict bad\">failed</span>");
        }
        out.append("</h1><p class=\"sub\">").append(HtmlText.of(sub)).append("</p>\n");
        for (String failure : failures) {
            out.append("<p class=\"bad\">").append(HtmlText.of(failure)).append("</p>\n");
        }
    }

    HtmlPage heading(String text) {
        out.append("<h2>").append(HtmlText.of(text)).append("</h2>\n");
        return this;
    }

    /** Adds HTML as it is. */
    HtmlPage raw(String html) {
        out.append(html);
        return this;
    }

    HtmlPage card(String name, String value, String unit) {
        out.append(Format.text(
                "<div class=\"card\"><b>%s <small>%s</small></b><span>%s</span></div>%n",
                HtmlText.of(value), HtmlText.of(unit), HtmlText.of(name)));
        return this;
    }

    HtmlPage text(String text) {
        out.append("<pre>").append(HtmlText.of(text)).append("</pre>\n");
        return this;
    }

    HtmlPage table(List<String> head, List<List<String>> rows) {
        out.append("<div class=\"table\"><table><tr>");
        head.forEach(cell -> out.append("<th>").append(HtmlText.of(cell)).append("</th>"));
        out.append("</tr>");
        for (List<String> row : rows) {
            out.append("<tr>");
            row.forEach(cell -> out.append("<td>").append(HtmlText.of(cell)).append("</td>"));
            out.append("</tr>\n");
        }
        out.append("</table></div>\n");
        return this;
    }

    /** Machine, version and command line. */
    HtmlPage environment(ObjectNode report) {
        heading("Where and how");
        out.append("<div class=\"table\"><table class=\"facts\">");
        for (Map.Entry<String, JsonNode> fact : report.path("environment").properties()) {
            String name = fact.getKey().equals("commandLine") ? "command line" : fact.getKey();
            String value = HtmlText.of(fact.getValue().asText());
            out.append("<tr><td>").append(HtmlText.of(name)).append("</td><td>");
            out.append(fact.getKey().equals("commandLine") ? "<code>" + value + "</code>" : value);
            out.append("</td></tr>\n");
        }
        out.append("</table></div>\n");
        return this;
    }

    String end() {
        return out.append("</main></body></html>\n").toString();
    }
}
