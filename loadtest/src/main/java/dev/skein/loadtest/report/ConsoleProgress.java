package dev.skein.loadtest.report;

import static dev.skein.loadtest.report.Format.millis;
import static dev.skein.loadtest.report.Format.perSecond;
import static dev.skein.loadtest.report.Format.text;

import dev.skein.loadtest.load.Progress;
import java.io.PrintWriter;
import org.HdrHistogram.Histogram;

/** One line a second; on a terminal always the same line. */
public final class ConsoleProgress implements Progress {
    private static final String BACK_AND_CLEAR = "\r\u001B[2K";

    private final PrintWriter out;
    private final boolean terminal;
    private boolean open;

    /** {@code terminal}: whether {@code out} understands control sequences. */
    public ConsoleProgress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void connecting(int ready, int failed, int asked) {
        line(text("%-9s           connections %d of %d, failed %d", "connect", ready, asked, failed));
    }

    @Override
    public void messages(
            String phase,
            double seconds,
            double of,
            double inPerSecond,
            double outPerSecond,
            Histogram latency,
            int connections) {
        String times = latency.getTotalCount() == 0
                ? ""
                : text(
                        "   p50 %s  p99 %s  max %s ms",
                        millis(latency.getValueAtPercentile(50)),
                        millis(latency.getValueAtPercentile(99)),
                        millis(latency.getMaxValue()));
        line(text(
                "%-9s %3.0f/%.0f s   in %9s/s   out %9s/s   connections %d%s",
                phase, seconds, of, perSecond(inPerSecond), perSecond(outPerSecond), connections, times));
    }

    @Override
    public void holding(double seconds, double of, int connections, int lost) {
        line(text("%-9s %3.0f/%.0f s   connections %d, lost %d", "hold", seconds, of, connections, lost));
    }

    private void line(String line) {
        if (terminal) {
            out.print(BACK_AND_CLEAR + line);
            open = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    @Override
    public void done() {
        if (open) {
            out.print(BACK_AND_CLEAR);
            out.flush();
            open = false;
        }
    }
}
