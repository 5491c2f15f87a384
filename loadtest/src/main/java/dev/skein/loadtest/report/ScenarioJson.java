package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.ScenarioResult;
import dev.skein.loadtest.load.ScheduleKept;
import dev.skein.loadtest.load.Timeline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A scenario's run in the form of {@link JsonReport}. */
final class ScenarioJson {
    private ScenarioJson() {}

    static ObjectNode of(ScenarioResult result) {
        ObjectNode root = JsonReport.root(result.scenario(), ScenarioText.title(result));
        root.put("about", result.about());
        root.putObject("settings")
                .put("scale", result.scale())
                .put("seed", result.seed())
                .put("processes", result.processes());
        result.notes().forEach(root.putArray("notes")::add);
        root.put("measuredSeconds", result.seconds());
        root.put("inPerSecond", result.inPerSecond());
        root.put("outPerSecond", result.outPerSecond());
        root.set("latencyMicros", JsonReport.latency(Latency.of(latency(result))));
        root.set("connectMicros", JsonReport.latency(Latency.of(result.connectTimes())));
        root.set("connections", JsonReport.connections(result.connections()));
        long delivered = result.deliveredMeasured();
        JsonReport.use(root, "broker", result.broker(), delivered, "cpuMicrosPerDelivery");
        JsonReport.use(root, "tester", result.tester(), delivered, "cpuMicrosPerDelivery");
        ArrayNode flows = root.putArray("flows");
        result.flows().forEach(flow -> flow(flows.addObject(), flow, result.seconds()));
        ArrayNode criteria = root.putArray("criteria");
        result.criteria()
                .forEach(criterion -> criteria.addObject()
                        .put("name", criterion.name())
                        .put("wanted", criterion.wanted())
                        .put("measured", criterion.measured())
                        .put("passed", criterion.passed()));
        for (ScenarioResult.Flow flow : result.flows()) {
            if (flow.latency().getTotalCount() > 0) {
                Series.distribution(root, flowName(flow), Timeline.percentiles(flow.latency()));
            }
        }
        samples(root, result);
        return JsonReport.verdict(root, result.failures());
    }

    /** All flows' latencies together. */
    static Histogram latency(ScenarioResult result) {
        Histogram all = new Histogram(3);
        result.flows().forEach(flow -> all.add(flow.latency()));
        return all;
    }

    static String flowName(ScenarioResult.Flow flow) {
        return flow.name() + " to " + flow.to();
    }

    private static void flow(ObjectNode node, ScenarioResult.Flow flow, double seconds) {
        ScenarioResult.Counts counts = flow.counts();
        node.put("name", flow.name())
                .put("from", flow.from())
                .put("to", flow.to())
                .put("qos", flow.qos())
                .put("sizeBytes", flow.size())
                .put("publishers", flow.publishers())
                .put("receivers", flow.receivers())
                .put("inPerSecond", seconds == 0 ? 0 : flow.sentMeasured() / seconds)
                .put("outPerSecond", seconds == 0 ? 0 : flow.deliveredMeasured() / seconds);
        node.set("latencyMicros", JsonReport.latency(Latency.of(flow.latency())));
        node.putObject("checks")
                .put("sent", counts.sent())
                .put("acknowledged", counts.acknowledged())
                .put("unacknowledged", counts.unacknowledged())
                .put("delivered", counts.delivered())
                .put("lost", counts.lost())
                .put("duplicates", counts.duplicates())
                .put("orderBreaks", counts.orderBreaks())
                .put("violations", counts.violations());
        ScheduleKept schedule = flow.schedule();
        if (schedule != null) {
            node.set("schedule", JsonReport.schedule(schedule));
        }
    }

    private static void samples(ObjectNode root, ScenarioResult result) {
        ArrayNode array = root.putArray("samples");
        Map<String, ScenarioResult.ProcessSample> before = new HashMap<>();
        double from = 0;
        for (ScenarioResult.Sample sample : result.samples()) {
            ObjectNode node = array.addObject()
                    .put("seconds", Series.millisOf(sample.atSeconds()))
                    .put("phase", sample.phase())
                    .put("inPerSecond", Series.rounded(sample.sentPerSecond()))
                    .put("outPerSecond", Series.rounded(sample.deliveredPerSecond()))
                    .put("connections", sample.connections())
                    .put("errors", sample.errors());
            Series.latency(node, sample.latency());
            ArrayNode flows = node.putArray("flows");
            for (ScenarioResult.FlowSample flow : sample.flows()) {
                Series.latency(
                        flows.addObject()
                                .put("name", flow.name())
                                .put("inPerSecond", Series.rounded(flow.sentPerSecond()))
                                .put("outPerSecond", Series.rounded(flow.deliveredPerSecond())),
                        flow.latency());
            }
            processes(node, result.processSamples(), from, sample.atSeconds(), before);
            from = sample.atSeconds();
        }
    }

    /** The processes' samples that fall into this second; their cores are against their own sample before. */
    private static void processes(
            ObjectNode node,
            List<ScenarioResult.ProcessSample> samples,
            double from,
            double to,
            Map<String, ScenarioResult.ProcessSample> before) {
        for (ScenarioResult.ProcessSample sample : samples) {
            if (sample.atSeconds() <= from || sample.atSeconds() > to) {
                continue;
            }
            ScenarioResult.ProcessSample earlier = before.put(sample.process(), sample);
            double since = earlier == null ? 0 : earlier.atSeconds();
            double used = sample.cpuSeconds() - (earlier == null ? 0 : earlier.cpuSeconds());
            if (sample.atSeconds() > since) {
                node.put(sample.process() + "Cores", Series.millisOf(Math.max(0, used / (sample.atSeconds() - since))));
            }
            node.put(sample.process() + "ResidentBytes", sample.residentBytes());
        }
    }
}
