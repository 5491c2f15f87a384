package dev.skein.loadtest.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.Sample;
import dev.skein.loadtest.load.Timeline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of a report that is drawn: samples over time and distributions, in one form for every kind of run. */
final class Series {
    private Series() {}

    /** Adds one distribution to a report: pairs of percent and microseconds. */
    static void distribution(ObjectNode root, String name, List<Timeline.Percentile> percentiles) {
        ArrayNode points =
                root.withArray("distributions").addObject().put("name", name).putArray("points");
        for (Timeline.Percentile percentile : percentiles) {
            points.addArray().add(percentile.percent()).add(percentile.nanos() / 1e3);
        }
    }

    static void samples(ObjectNode root, List<Sample> samples) {
        ArrayNode array = root.putArray("samples");
        for (Sample sample : samples) {
            ObjectNode node = array.addObject()
                    .put("seconds", millisOf(sample.seconds()))
                    .put("phase", sample.phase())
                    .put("inPerSecond", rounded(sample.inPerSecond()))
                    .put("outPerSecond", rounded(sample.outPerSecond()))
                    .put("connectsPerSecond", rounded(sample.connectsPerSecond()))
                    .put("connections", sample.connections())
                    .put("errors", sample.errors());
            latency(node, sample.latency());
            process(node, "broker", sample.broker());
            process(node, "tester", sample.tester());
        }
    }

    static void latency(ObjectNode sample, Latency latency) {
        if (latency.count() > 0) {
            sample.put("p50Micros", latency.p50() / 1e3)
                    .put("p99Micros", latency.p99() / 1e3)
                    .put("maxMicros", latency.max() / 1e3);
        }
    }

    private static void process(ObjectNode sample, String name, Sample.@Nullable ProcessPoint point) {
        if (point != null) {
            sample.put(name + "Cores", millisOf(point.cores())).put(name + "ResidentBytes", point.residentBytes());
        }
    }

    static double millisOf(double value) {
        return Math.round(value * 1e3) / 1e3;
    }

    static double rounded(double rate) {
        return Math.round(rate * 10) / 10.0;
    }
}
