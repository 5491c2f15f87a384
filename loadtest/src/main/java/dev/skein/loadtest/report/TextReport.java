package dev.skein.loadtest.report;

import static dev.skein.loadtest.report.Format.bytes;
import static dev.skein.loadtest.report.Format.millis;
import static dev.skein.loadtest.report.Format.perSecond;
import static dev.skein.loadtest.report.Format.text;

import dev.skein.loadtest.load.ConnectResult;
import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.MessageResult;
import dev.skein.loadtest.load.MessageSettings;
import dev.skein.loadtest.load.ProcessUse;
import dev.skein.loadtest.load.ScenarioResult;
import dev.skein.loadtest.load.ScheduleKept;
import dev.skein.loadtest.load.Topology;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The summary that stands at the end of a run. */
public final class TextReport {
    private final StringJoiner lines = new StringJoiner(System.lineSeparator());

    private TextReport() {}

    /** The summary of a run with messages. */
    public static String of(MessageResult result) {
        TextReport report = new TextReport();
        report.messages(result);
        return report.lines.toString();
    }

    /** The summary of a run of idle connections. */
    public static String of(ConnectResult result) {
        TextReport report = new TextReport();
        report.connects(result);
        return report.lines.toString();
    }

    /** The summary of a scenario's run. */
    public static String of(ScenarioResult result) {
        TextReport report = new TextReport();
        report.lines.add(ScenarioText.title(result));
        ScenarioText.add(result, report);
        report.verdict(result.failures());
        return report.lines.toString();
    }

    private void messages(MessageResult result) {
        MessageSettings settings = result.settings();
        lines.add(title(settings, result.seconds()));
        row("in", "%s messages/s (%,d)", perSecond(result.inPerSecond()), result.sent());
        row("out", "%s messages/s (%,d)", perSecond(result.outPerSecond()), result.delivered());
        latency("latency", result.latency());
        MessageResult.Checks checks = result.checks();
        row(
                "checks",
                "lost %,d   duplicates %,d   order breaks %,d   of %,d sent, warm-up included",
                checks.lost(),
                checks.duplicates(),
                checks.orderBreaks(),
                checks.sent());
        if (checks.unacknowledged() + checks.foreign() + checks.violations() + checks.stalls() > 0) {
            row(
                    "",
                    "unacknowledged %,d   of another run %,d   violations %,d   window reopened %,d times",
                    checks.unacknowledged(),
                    checks.foreign(),
                    checks.violations(),
                    checks.stalls());
        }
        MessageResult.Members members = result.members();
        if (members != null) {
            row(
                    "members",
                    "%,d: smallest %,d   median %,d   largest %,d messages, warm-up included",
                    members.count(),
                    members.smallest(),
                    members.median(),
                    members.largest());
        }
        connections(result.connections());
        ScheduleKept schedule = result.schedule();
        if (schedule != null) {
            schedule(schedule);
        }
        use("broker", result.broker(), result.delivered(), "delivery");
        use("tester", result.tester(), result.delivered(), "delivery");
        verdict(result.failures());
    }

    static String title(MessageSettings settings, double seconds) {
        Topology topology = settings.topology();
        String pace = settings.openLoop()
                ? "rate " + perSecond(settings.rate()) + "/s"
                : "window " + settings.window() + (settings.byDelivery() || settings.qos() == 0 ? " by delivery" : "");
        return text(
                "%s: %d to %d%s, QoS %d, %d bytes, %s, measured %.1f s after %.1f s of warm-up",
                settings.name(),
                topology.publishers(),
                topology.subscribers(),
                settings.shared() ? " of a group" : "",
                settings.qos(),
                settings.size(),
                pace,
                seconds,
                settings.warmup().toMillis() / 1e3);
    }

    private void connects(ConnectResult result) {
        lines.add(title(result));
        row(
                "rate",
                "%s connections/s, all answered after %.1f s",
                perSecond(result.schedule().reached()),
                result.rampSeconds());
        latency("connect", result.connectTime());
        connections(result.connections());
        if (!result.schedule().kept()) {
            row(
                    "schedule",
                    "NOT KEPT: asked %s/s, reached %s/s",
                    perSecond(result.schedule().asked()),
                    perSecond(result.schedule().reached()));
        }
        ConnectResult.Memory memory = result.memory();
        if (memory != null) {
            row(
                    "memory",
                    "%s resident for each connection (empty %s, opened %s, held %s)",
                    bytes(memory.perConnection(result.held())),
                    bytes(memory.empty()),
                    bytes(memory.opened()),
                    bytes(memory.held()));
        }
        use("broker", result.broker(), result.connections().opened(), "connect");
        use("tester", result.tester(), result.connections().opened(), "connect");
        verdict(result.failures());
    }

    static String title(ConnectResult result) {
        return text(
                "connect: %d clients at %s/s, held %.1f s",
                result.clients(), perSecond(result.schedule().asked()), result.holdSeconds());
    }

    void latency(String name, Latency latency) {
        if (latency.count() == 0) {
            row(name, "none measured");
            return;
        }
        row(
                name,
                "p50 %s   p99 %s   p99.9 %s   max %s ms",
                millis(latency.p50()),
                millis(latency.p99()),
                millis(latency.p999()),
                millis(latency.max()));
    }

    void connections(Connections connections) {
        row(
                "connections",
                "%d opened   %d failed   %d lost",
                connections.opened(),
                connections.failed(),
                connections.lost());
        connections.reasons().forEach((reason, count) -> row("", "%d times: %s", count, reason));
    }

    void schedule(ScheduleKept schedule) {
        row(
                "schedule",
                "%s: asked %s/s, reached %s/s, never sent %,d, late p99 %s   max %s ms",
                schedule.kept() ? "kept" : "NOT KEPT",
                perSecond(schedule.asked()),
                perSecond(schedule.reached()),
                schedule.unsent(),
                millis(schedule.lateP99()),
                millis(schedule.lateMax()));
    }

    void use(String name, @Nullable ProcessUse use, long events, String event) {
        if (use != null) {
            row(
                    name,
                    "%.2f us CPU a %s   %.2f cores   %s resident   %s peak",
                    use.cpuMicrosPer(events),
                    event,
                    use.cores(),
                    bytes(use.residentBytes()),
                    bytes(use.peakBytes()));
        }
    }

    private void verdict(List<String> failures) {
        if (failures.isEmpty()) {
            row("result", "ok");
        }
        for (String failure : failures) {
            row("FAILED", "%s", failure);
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // as in Format
    void row(String name, String pattern, Object... arguments) {
        lines.add(text("  %-12s", name) + text(pattern, arguments));
    }
}
