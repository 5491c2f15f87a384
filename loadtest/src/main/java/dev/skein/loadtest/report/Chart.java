package dev.skein.loadtest.report;

import static dev.skein.loadtest.report.Format.text;

import java.util.ArrayList;
import java.util.List;

/** A line chart as SVG that takes its colours from the page's style. */
final class Chart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 300;
    private static final int LEFT = 62;
    private static final int RIGHT = 22;
    private static final int TOP = 20;
    private static final int BOTTOM = 40;
    /** Beyond this many points they get no hover text. */
    private static final int MOST_HOVER = 400;

    private final String title;
    private final String about;
    private final Axis x;
    private final Axis y;
    private final List<Line> lines = new ArrayList<>();
    private final List<Band> bands = new ArrayList<>();

    Chart(String title, String about, Axis x, Axis y) {
        this.title = title;
        this.about = about;
        this.x = x;
        this.y = y;
    }

    /** One point of a line; {@code hover} is shown when the pointer rests on it. */
    record Point(double x, double y, String hover) {}

    private record Line(String name, int colour, List<Point> points, Style style) {}

    private enum Style {
        PLAIN,
        FILLED,
        DASHED
    }

    private record Band(double from, double to, String name, boolean shaded) {}

    /** Adds a line. {@code colour}: 1..6 of the page's style. */
    Chart line(String name, int colour, List<Point> points) {
        lines.add(new Line(name, colour, points, Style.PLAIN));
        return this;
    }

    /** Adds a line with the area below it. */
    Chart area(String name, int colour, List<Point> points) {
        lines.add(new Line(name, colour, points, Style.FILLED));
        return this;
    }

    /** Adds a dashed line, which shows another below it. */
    Chart dashed(String name, int colour, List<Point> points) {
        lines.add(new Line(name, colour, points, Style.DASHED));
        return this;
    }

    /** Names a stretch of the x axis, and shades it. */
    Chart band(double from, double to, String name, boolean shaded) {
        bands.add(new Band(from, to, name, shaded));
        return this;
    }

    boolean isEmpty() {
        return lines.stream().allMatch(line -> line.points().isEmpty());
    }

    /** A figure element with heading, legend and picture. */
    String html() {
        StringBuilder out = new StringBuilder("<figure><figcaption><b>")
                .append(HtmlText.of(title))
                .append("</b><span>")
                .append(HtmlText.of(about))
                .append("</span></figcaption>");
        out.append("<p class=\"legend\">");
        for (Line line : lines) {
            out.append(text("<span><i class=\"k%d\"></i>%s</span>", line.colour(), HtmlText.of(line.name())));
        }
        out.append("</p>");
        out.append(
                text("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, HtmlText.of(title)));
        bands(out);
        grid(out);
        lines.forEach(line -> draw(line, out));
        return out.append("</svg></figure>\n").toString();
    }

    private void bands(StringBuilder out) {
        for (Band band : bands) {
            double from = atX(band.from());
            double width = atX(band.to()) - from;
            if (band.shaded()) {
                out.append(text(
                        "<rect class=\"band\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\">"
                                + "<title>%s</title></rect>",
                        from, TOP, width, HEIGHT - TOP - BOTTOM, HtmlText.of(band.name())));
            }
            if (width > 7 * band.name().length()) {
                out.append(text(
                        "<text class=\"band\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                        from + width / 2, TOP + 12, HtmlText.of(band.name())));
            }
        }
    }

    private void grid(StringBuilder out) {
        for (double tick : y.ticks()) {
            double at = atY(tick);
            out.append(text(
                    "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", LEFT, at, WIDTH - RIGHT, at));
            out.append(text(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 8, at + 4, HtmlText.of(y.label(tick))));
        }
        for (double tick : x.ticks()) {
            double at = atX(tick);
            out.append(text(
                    "<line class=\"tick\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
                    at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 4));
            out.append(text(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at, HEIGHT - BOTTOM + 17, HtmlText.of(x.label(tick))));
        }
        out.append(text(
                "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
                LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM));
        out.append(text("<text x=\"%d\" y=\"12\" text-anchor=\"end\">%s</text>", LEFT - 8, HtmlText.of(y.unit())));
        out.append(text(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                WIDTH - RIGHT, HEIGHT - 6, HtmlText.of(x.unit())));
    }

    private void draw(Line line, StringBuilder out) {
        StringBuilder path = new StringBuilder();
        for (Point point : line.points()) {
            path.append(text("%s%.1f %.1f", path.isEmpty() ? "M" : "L", atX(point.x()), atY(point.y())));
        }
        if (path.isEmpty()) {
            return;
        }
        if (line.style() == Style.FILLED) {
            out.append(text(
                    "<path class=\"a%d\" d=\"%sL%.1f %dL%.1f %dZ\"/>",
                    line.colour(),
                    path,
                    atX(line.points().getLast().x()),
                    HEIGHT - BOTTOM,
                    atX(line.points().getFirst().x()),
                    HEIGHT - BOTTOM));
        }
        out.append(text(
                "<path class=\"l l%d%s\" d=\"%s\"/>",
                line.colour(), line.style() == Style.DASHED ? " dashed" : "", path));
        if (line.points().size() <= MOST_HOVER) {
            for (Point point : line.points()) {
                out.append(text(
                        "<circle class=\"p%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%s: %s</title></circle>",
                        line.colour(),
                        atX(point.x()),
                        atY(point.y()),
                        HtmlText.of(line.name()),
                        HtmlText.of(point.hover())));
            }
        }
    }

    private double atX(double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double atY(double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }
}
