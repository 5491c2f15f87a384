package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.load.ConnectResult;
import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.MessageResult;
import dev.skein.loadtest.load.MessageSettings;
import dev.skein.loadtest.load.ProcessUse;
import dev.skein.loadtest.load.ScenarioResult;
import dev.skein.loadtest.load.ScheduleKept;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same figures as {@link TextReport} for programs. Field names end in their unit. */
public final class JsonReport {
    /** Of one run; a later version only adds fields as long as the number stays. */
    public static final String FORMAT = "skein-load/1";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonReport() {}

    /** Indented JSON. */
    public static String text(ObjectNode report) {
        return report.toPrettyString();
    }

    /** Says where and how a report came about. */
    public static void add(Environment environment, ObjectNode report) {
        report.set("environment", environment.json());
    }

    /** Reads what {@link #text} wrote. */
    public static ObjectNode read(Path file) throws IOException {
        JsonNode root = MAPPER.readTree(file.toFile());
        if (root instanceof ObjectNode report && root.path("format").asText("").startsWith("skein-load")) {
            return report;
        }
        throw new IllegalArgumentException(file + ": not a report (expected: a file that --json has written)");
    }

    /** The figures of a scenario's run. */
    public static ObjectNode of(ScenarioResult result) {
        return ScenarioJson.of(result);
    }

    /** The figures of a run with messages. */
    public static ObjectNode of(MessageResult result) {
        MessageSettings settings = result.settings();
        ObjectNode root = root(settings.name(), TextReport.title(settings, result.seconds()));
        ObjectNode asked = root.putObject("settings");
        asked.put("publishers", settings.topology().publishers());
        asked.put("subscribers", settings.topology().subscribers());
        asked.put("qos", settings.qos());
        asked.put("sizeBytes", settings.size());
        if (settings.openLoop()) {
            asked.put("ratePerSecond", settings.rate());
        } else {
            asked.put("window", settings.window());
            asked.put("windowByDelivery", settings.byDelivery() || settings.qos() == 0);
        }
        if (settings.shared()) {
            asked.put("share", settings.share());
        }
        asked.put("warmupSeconds", settings.warmup().toMillis() / 1e3);
        root.put("measuredSeconds", result.seconds());
        root.put("sent", result.sent());
        root.put("delivered", result.delivered());
        root.put("inPerSecond", result.inPerSecond());
        root.put("outPerSecond", result.outPerSecond());
        root.set("latencyMicros", latency(result.latency()));
        MessageResult.Checks checks = result.checks();
        root.putObject("checks")
                .put("sent", checks.sent())
                .put("delivered", checks.delivered())
                .put("lost", checks.lost())
                .put("duplicates", checks.duplicates())
                .put("orderBreaks", checks.orderBreaks())
                .put("unacknowledged", checks.unacknowledged())
                .put("foreign", checks.foreign())
                .put("violations", checks.violations())
                .put("stalls", checks.stalls());
        MessageResult.Members members = result.members();
        if (members != null) {
            root.putObject("members")
                    .put("count", members.count())
                    .put("smallest", members.smallest())
                    .put("median", members.median())
                    .put("largest", members.largest());
        }
        root.set("connections", connections(result.connections()));
        ScheduleKept schedule = result.schedule();
        if (schedule != null) {
            root.set("schedule", schedule(schedule));
        }
        use(root, "broker", result.broker(), result.delivered(), "cpuMicrosPerDelivery");
        use(root, "tester", result.tester(), result.delivered(), "cpuMicrosPerDelivery");
        Series.distribution(root, "latency", result.timeline().percentiles());
        Series.samples(root, result.timeline().samples());
        return verdict(root, result.failures());
    }

    /** The figures of a run of idle connections. */
    public static ObjectNode of(ConnectResult result) {
        ObjectNode root = root("connect", TextReport.title(result));
        root.putObject("settings").put("clients", result.clients());
        root.put("rampSeconds", result.rampSeconds());
        root.put("holdSeconds", result.holdSeconds());
        root.put("held", result.held());
        root.set("connectMicros", latency(result.connectTime()));
        root.set("connections", connections(result.connections()));
        root.set("schedule", schedule(result.schedule()));
        ConnectResult.Memory memory = result.memory();
        if (memory != null) {
            root.putObject("memory")
                    .put("emptyBytes", memory.empty())
                    .put("openedBytes", memory.opened())
                    .put("heldBytes", memory.held())
                    .put("bytesPerConnection", memory.perConnection(result.held()));
        }
        long opened = result.connections().opened();
        use(root, "broker", result.broker(), opened, "cpuMicrosPerConnect");
        use(root, "tester", result.tester(), opened, "cpuMicrosPerConnect");
        Series.distribution(root, "connect", result.timeline().percentiles());
        Series.samples(root, result.timeline().samples());
        return verdict(root, result.failures());
    }

    static ObjectNode root(String scenario, String title) {
        return MAPPER.createObjectNode()
                .put("format", FORMAT)
                .put("scenario", scenario)
                .put("title", title);
    }

    static ObjectNode latency(Latency latency) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("count", latency.count())
                .put("p50", latency.p50() / 1e3)
                .put("p90", latency.p90() / 1e3)
                .put("p99", latency.p99() / 1e3)
                .put("p99.9", latency.p999() / 1e3)
                .put("max", latency.max() / 1e3);
    }

    static ObjectNode connections(Connections connections) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("asked", connections.asked())
                .put("opened", connections.opened())
                .put("failed", connections.failed())
                .put("lost", connections.lost());
        ObjectNode reasons = node.putObject("reasons");
        connections.reasons().forEach(reasons::put);
        return node;
    }

    static ObjectNode schedule(ScheduleKept schedule) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("kept", schedule.kept())
                .put("askedPerSecond", schedule.asked())
                .put("reachedPerSecond", schedule.reached())
                .put("unsent", schedule.unsent())
                .put("lateP99Micros", schedule.lateP99() / 1e3)
                .put("lateMaxMicros", schedule.lateMax() / 1e3);
    }

    static void use(ObjectNode root, String name, @Nullable ProcessUse use, long events, String per) {
        if (use != null) {
            root.putObject(name)
                    .put(per, use.cpuMicrosPer(events))
                    .put("cpuCores", use.cores())
                    .put("residentBytes", use.residentBytes())
                    .put("peakBytes", use.peakBytes());
        }
    }

    static ObjectNode verdict(ObjectNode root, List<String> failures) {
        root.put("passed", failures.isEmpty());
        failures.forEach(root.putArray("failures")::add);
        return root;
    }
}
