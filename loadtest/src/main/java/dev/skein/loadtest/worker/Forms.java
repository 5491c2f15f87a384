package dev.skein.loadtest.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.ProcessUse;
import dev.skein.loadtest.play.Figures;
import dev.skein.loadtest.play.Part.Found;
import dev.skein.loadtest.play.Part.Pulse;
import dev.skein.loadtest.play.RunSettings;
import dev.skein.loadtest.play.Totals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What passes between processes, as JSON and back. */
final class Forms {
    private Forms() {}

    static void put(ObjectNode node, RunSettings settings) {
        node.put("scale", settings.scale())
                .put("timeScale", settings.timeScale())
                .put("seed", settings.seed())
                .put("run", settings.run())
                .put("part", settings.part())
                .put("parts", settings.parts())
                .put("p2p", settings.p2p())
                .put("shares", settings.shares());
    }

    static RunSettings settings(JsonNode node) {
        return new RunSettings(
                node.path("scale").asDouble(),
                node.path("timeScale").asDouble(),
                node.path("seed").asLong(),
                node.path("run").asInt(),
                node.path("part").asInt(),
                node.path("parts").asInt(),
                node.path("p2p").asBoolean(),
                node.path("shares").asBoolean());
    }

    static void put(ObjectNode node, Totals totals) {
        var sent = node.putArray("sent");
        for (int[] flow : totals.sent()) {
            sent.add(Frames.bytes(flow));
        }
        var uncertain = node.putArray("uncertain");
        totals.uncertain().forEach(each -> uncertain.add(Frames.bytes(each)));
    }

    static Totals totals(JsonNode node) throws IOException {
        JsonNode flows = node.path("sent");
        int[][] sent = new int[flows.size()][];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = Frames.ints(flows.get(i));
        }
        List<int[]> uncertain = new ArrayList<>();
        for (JsonNode each : node.path("uncertain")) {
            uncertain.add(Frames.ints(each));
        }
        return new Totals(sent, uncertain);
    }

    private static void put(ObjectNode node, Connections connections) {
        ObjectNode own = node.putObject("connections")
                .put("asked", connections.asked())
                .put("opened", connections.opened())
                .put("failed", connections.failed())
                .put("lost", connections.lost());
        ObjectNode reasons = own.putObject("reasons");
        connections.reasons().forEach(reasons::put);
    }

    private static Connections connections(JsonNode node) {
        JsonNode own = node.path("connections");
        return new Connections(
                own.path("asked").asInt(),
                own.path("opened").asInt(),
                own.path("failed").asInt(),
                own.path("lost").asInt(),
                Frames.counts(own.path("reasons")));
    }

    static void put(ObjectNode node, Pulse pulse) {
        put(node, pulse.connections());
        node.put("up", pulse.up())
                .put("actionDone", pulse.actionDone())
                .put("countsDone", pulse.countsDone())
                .put("unacknowledged", pulse.unacknowledged())
                .put("sent", Frames.bytes(pulse.sent()))
                .put("delivered", Frames.bytes(pulse.delivered()));
        Frames.put(node, "latency", pulse.latency());
    }

    static Pulse pulse(JsonNode node) throws IOException {
        return new Pulse(
                connections(node),
                node.path("up").asInt(),
                node.path("actionDone").asBoolean(),
                node.path("countsDone").asBoolean(),
                node.path("unacknowledged").asLong(),
                Frames.longs(node.path("sent")),
                Frames.longs(node.path("delivered")),
                Frames.histograms(node.path("latency")));
    }

    static void put(ObjectNode node, Found found, int flows, int channels) {
        put(node, found.connections());
        Figures figures = found.figures();
        Histogram[] latency = new Histogram[channels];
        for (int i = 0; i < channels; i++) {
            latency[i] = figures.latencyOf(i);
        }
        Histogram[] lateness = new Histogram[flows];
        for (int i = 0; i < flows; i++) {
            lateness[i] = figures.latenessOf(i);
        }
        Frames.put(node, "latency", latency);
        Frames.put(node, "lateness", lateness);
        node.put("connects", Frames.bytes(figures.connectTimes()))
                .put("counts", Frames.bytes(figures.counts()))
                .put("unacknowledged", Frames.bytes(found.unacknowledged()))
                .put("receivers", Frames.bytes(found.receivers()))
                .put("cpuNanos", found.tester().cpuNanos())
                .put("seconds", found.tester().seconds())
                .put("residentBytes", found.tester().residentBytes())
                .put("peakBytes", found.tester().peakBytes());
    }

    static Found found(JsonNode node) throws IOException {
        Histogram[] latency = Frames.histograms(node.path("latency"));
        Histogram[] lateness = Frames.histograms(node.path("lateness"));
        Figures figures = Figures.of(
                lateness.length,
                latency.length,
                Frames.longs(node.path("counts")),
                latency,
                lateness,
                Frames.histogram(node.path("connects")));
        Connections connections = connections(node);
        return new Found(
                figures,
                Frames.longs(node.path("unacknowledged")),
                Frames.ints(node.path("receivers")),
                connections,
                connections.reasons(),
                new ProcessUse(
                        node.path("cpuNanos").asLong(),
                        node.path("seconds").asDouble(),
                        node.path("residentBytes").asLong(),
                        node.path("peakBytes").asLong()));
    }
}
