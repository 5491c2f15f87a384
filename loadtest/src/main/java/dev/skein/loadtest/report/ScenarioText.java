package dev.skein.loadtest.report;

import static dev.skein.loadtest.report.Format.millis;
import static dev.skein.loadtest.report.Format.perSecond;
import static dev.skein.loadtest.report.Format.text;

import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.ScenarioResult;
import dev.skein.loadtest.load.ScheduleKept;

/** The summary of a scenario's run. */
final class ScenarioText {
    private ScenarioText() {}

    static String title(ScenarioResult result) {
        return text("%s: %s", result.scenario(), result.about());
    }

    /** Adds the lines between title and verdict. */
    static void add(ScenarioResult result, TextReport report) {
        report.row(
                "measured",
                "%.1f s, scale %s, seed %d%s",
                result.seconds(),
                Double.toString(result.scale()),
                result.seed(),
                result.processes() > 1 ? ", " + result.processes() + " processes" : "");
        report.row("in", "%s messages/s", perSecond(result.inPerSecond()));
        report.row("out", "%s messages/s", perSecond(result.outPerSecond()));
        for (ScenarioResult.Flow flow : result.flows()) {
            flow(flow, result.seconds(), report);
        }
        report.latency("connect", Latency.of(result.connectTimes()));
        report.connections(result.connections());
        report.use("broker", result.broker(), result.deliveredMeasured(), "delivery");
        report.use("tester", result.tester(), result.deliveredMeasured(), "delivery");
        result.notes().forEach(note -> report.row("note", "%s", note));
        for (ScenarioResult.Criterion criterion : result.criteria()) {
            if (criterion.passed()) {
                report.row("met", "%s: %s (wanted: %s)", criterion.name(), criterion.measured(), criterion.wanted());
            }
        }
    }

    private static void flow(ScenarioResult.Flow flow, double seconds, TextReport report) {
        Latency latency = Latency.of(flow.latency());
        ScenarioResult.Counts counts = flow.counts();
        report.row(
                "flow",
                "%s, QoS %d, %d bytes: in %s/s   out %s/s   p50 %s   p99 %s   max %s ms",
                ScenarioJson.flowName(flow),
                flow.qos(),
                flow.size(),
                perSecond(seconds == 0 ? 0 : flow.sentMeasured() / seconds),
                perSecond(seconds == 0 ? 0 : flow.deliveredMeasured() / seconds),
                millis(latency.p50()),
                millis(latency.p99()),
                millis(latency.max()));
        report.row(
                "",
                "lost %,d   duplicates %,d   order breaks %,d   unacknowledged %,d   violations %,d   of %,d sent",
                counts.lost(),
                counts.duplicates(),
                counts.orderBreaks(),
                counts.unacknowledged(),
                counts.violations(),
                counts.sent());
        ScheduleKept schedule = flow.schedule();
        if (schedule != null && !schedule.kept()) {
            report.schedule(schedule);
        }
    }
}
