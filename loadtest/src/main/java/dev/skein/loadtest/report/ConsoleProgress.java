package dev.skein.loadtest.report;

import static dev.skein.loadtest.report.Format.bytes;
import static dev.skein.loadtest.report.Format.millis;
import static dev.skein.loadtest.report.Format.perSecond;
import static dev.skein.loadtest.report.Format.text;

import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.Sample;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** How a run goes: on a terminal a small picture that is drawn again every second, elsewhere one line a second. */
public final class ConsoleProgress implements Progress {
    private static final String CLEAR_BELOW = "\u001B[J";
    private static final String UP = "\u001B[%dA\r";
    private static final String BOLD = "\u001B[1m";
    private static final String DIM = "\u001B[2m";
    private static final String RED = "\u001B[31m";
    private static final String GREEN = "\u001B[32m";
    private static final String PLAIN = "\u001B[0m";
    private static final String SPARKS = "▁▂▃▄▅▆▇█";
    private static final String PLAIN_SPARKS = "_.:-=+*#";
    private static final String PARTS = "▏▎▍▌▋▊▉█";
    private static final int BAR = 40;
    private static final int HISTORY = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private final boolean blocks;
    private final Deque<Sample> history = new ArrayDeque<>();
    private @Nullable Sample last;
    private int drawn;

    /**
     * A view on {@code out}.
     *
     * @param terminal whether it understands control sequences
     * @param blocks whether it can show block characters
     */
    public ConsoleProgress(PrintWriter out, boolean terminal, boolean blocks) {
        this.out = out;
        this.terminal = terminal;
        this.blocks = blocks;
    }

    @Override
    public void begins() {
        history.clear();
        last = null;
    }

    @Override
    public void second(Sample sample, Histogram latency) {
        last = sample;
        history.add(sample);
        if (history.size() > HISTORY) {
            history.remove();
        }
    }

    @Override
    public void connecting(int ready, int failed, int asked) {
        show(
                "connect",
                ready / (double) Math.max(1, asked),
                text("%,d of %,d", ready, asked),
                text("%-9s           connections %d of %d, failed %d", "connect", ready, asked, failed));
    }

    @Override
    public void messages(String phase, double seconds, double of) {
        Sample now = last;
        String times = now == null || now.latency().count() == 0
                ? ""
                : text(
                        "   p50 %s  p99 %s  max %s ms",
                        millis(now.latency().p50()),
                        millis(now.latency().p99()),
                        millis(now.latency().max()));
        show(
                phase,
                seconds / of,
                text("%.0f of %.0f s", seconds, of),
                text(
                        "%-9s %3.0f/%.0f s   in %9s/s   out %9s/s   connections %d%s%s",
                        phase,
                        seconds,
                        of,
                        perSecond(now == null ? 0 : now.inPerSecond()),
                        perSecond(now == null ? 0 : now.outPerSecond()),
                        now == null ? 0 : now.connections(),
                        now == null || now.errors() == 0 ? "" : ", errors " + now.errors(),
                        times));
    }

    @Override
    public void holding(double seconds, double of, int connections, int lost) {
        show(
                "hold",
                seconds / of,
                text("%.0f of %.0f s", seconds, of),
                text("%-9s %3.0f/%.0f s   connections %d, lost %d", "hold", seconds, of, connections, lost));
    }

    private void show(String phase, double part, String how, String line) {
        if (terminal) {
            draw(phase, part, how);
        } else {
            out.println(line);
            out.flush();
        }
    }

    private void draw(String phase, double part, String how) {
        List<String> lines = new ArrayList<>();
        lines.add(text("%s%-11s%s %s  %3.0f %%  %s", BOLD, phase, PLAIN, bar(part), clamp(part) * 100, how));
        Sample now = last;
        if (now != null) {
            if (now.inPerSecond() + now.outPerSecond() > 0) {
                lines.add(row(
                        "rate",
                        text("in %s/s   out %s/s", perSecond(now.inPerSecond()), perSecond(now.outPerSecond())),
                        spark(Sample::outPerSecond)));
            }
            latency(lines, now.latency());
            lines.add(row(
                    "connections",
                    text("%,d up   %s/s", now.connections(), perSecond(now.connectsPerSecond())),
                    spark(Sample::connections)));
            lines.add(row("errors", (now.errors() == 0 ? GREEN : RED) + now.errors() + PLAIN, ""));
            process(lines, "broker", now.broker());
            process(lines, "tester", now.tester());
        }
        erase();
        lines.forEach(out::println);
        out.flush();
        drawn = lines.size();
    }

    private void latency(List<String> lines, Latency latency) {
        if (latency.count() > 0) {
            lines.add(row(
                    "latency",
                    text(
                            "p50 %s   p99 %s   max %s ms",
                            millis(latency.p50()), millis(latency.p99()), millis(latency.max())),
                    spark(sample -> sample.latency().p99())));
        }
    }

    private void process(List<String> lines, String name, Sample.@Nullable ProcessPoint point) {
        if (point != null) {
            lines.add(row(
                    name,
                    text("%.2f cores   %s resident", point.cores(), bytes(point.residentBytes())),
                    name.equals("broker")
                            ? spark(sample -> sample.broker() == null
                                    ? 0
                                    : sample.broker().cores())
                            : ""));
        }
    }

    private static String row(String name, String figures, String spark) {
        return text("  %s%-11s%s %-42s %s%s%s", DIM, name, PLAIN, figures, DIM, spark, PLAIN);
    }

    private String bar(double part) {
        double filled = clamp(part) * BAR;
        StringBuilder bar = new StringBuilder(GREEN);
        int whole = (int) filled;
        bar.append((blocks ? "█" : "#").repeat(whole));
        int rest = (int) ((filled - whole) * PARTS.length());
        if (whole < BAR) {
            bar.append(rest == 0 || !blocks ? ' ' : PARTS.charAt(rest - 1));
            bar.append(PLAIN).append(DIM).append((blocks ? "·" : ".").repeat(BAR - whole - 1));
        }
        return bar.append(PLAIN).toString();
    }

    private static double clamp(double part) {
        return Math.max(0, Math.min(1, part));
    }

    /** What a sample says of one line of the picture. */
    private interface Value {
        double of(Sample sample);
    }

    /** The last half minute as a row of small bars, the highest of them full. */
    private String spark(Value value) {
        double most = history.stream().mapToDouble(value::of).max().orElse(0);
        StringBuilder spark = new StringBuilder();
        for (Sample sample : history) {
            String heights = blocks ? SPARKS : PLAIN_SPARKS;
            double height = most <= 0 ? 0 : value.of(sample) / most * (heights.length() - 1);
            spark.append(heights.charAt((int) Math.round(Math.max(0, height))));
        }
        return spark.toString();
    }

    private void erase() {
        if (drawn > 0) {
            out.print(text(UP, drawn) + CLEAR_BELOW);
            drawn = 0;
        }
    }

    @Override
    public void done() {
        erase();
        out.flush();
    }
}
