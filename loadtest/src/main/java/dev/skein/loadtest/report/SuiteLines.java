package dev.skein.loadtest.report;

import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.suite.Broker;
import dev.skein.loadtest.suite.Figure;
import dev.skein.loadtest.suite.Row;
import dev.skein.loadtest.suite.Suite;
import dev.skein.loadtest.suite.SuiteSettings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** One line for each run of a suite when it has ended; on a terminal the live view of the run below it. */
public final class SuiteLines implements Suite.Listener {
    private final PrintWriter out;
    private final @Nullable Progress live;
    private final int most;
    private int ended;

    /** {@code live}: what shows a run while it goes on; null for nothing. */
    public SuiteLines(PrintWriter out, SuiteSettings settings, @Nullable Progress live) {
        this.out = out;
        this.live = live;
        this.most = settings.rows().size() * settings.brokers().size() * settings.runs();
    }

    @Override
    public Progress begins(Row row, Broker broker, int run) {
        return live == null ? new Silent() : live;
    }

    @Override
    public void ended(Row row, Broker broker, int run, Map<Figure, Double> figures) {
        ended++;
        StringJoiner text = new StringJoiner("   ");
        figures.forEach(
                (figure, value) -> text.add(Spread.ofRuns(List.of(value)).text() + " " + figure.title()));
        out.println(Format.text(
                "%3d of at most %d  %-38s %-12s run %d   %s",
                ended, most, row.title(), broker.name(), run, figures.isEmpty() ? "FAILED" : text));
        out.flush();
    }

    /** Shows nothing. */
    private static final class Silent implements Progress {
        @Override
        public void connecting(int ready, int failed, int asked) {}

        @Override
        public void messages(String phase, double seconds, double of) {}

        @Override
        public void holding(double seconds, double of, int connections, int lost) {}

        @Override
        public void done() {}
    }
}
