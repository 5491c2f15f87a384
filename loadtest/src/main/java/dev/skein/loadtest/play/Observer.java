package dev.skein.loadtest.play;

import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.ProcessWatch;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.ScenarioResult.FlowSample;
import dev.skein.loadtest.load.ScenarioResult.ProcessSample;
import dev.skein.loadtest.load.ScenarioResult.Sample;
import dev.skein.loadtest.process.ProcessProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Looks at all parts, keeps a sample of each second and tells progress. For the leading thread. */
final class Observer {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Plan plan;
    private final RunTime time;
    private final List<? extends Part> parts;
    private final Progress progress;
    private final Map<String, ProcessProbe> processes = new TreeMap<>();
    private final Map<String, Long> cpuBefore = new TreeMap<>();
    private final @Nullable ProcessWatch broker;
    private final ProcessWatch tester = new ProcessWatch(ProcessProbe.self());
    private final List<Sample> samples = new ArrayList<>();
    private final List<ProcessSample> processSamples = new ArrayList<>();
    private final Histogram[] intervals;
    private long[] sentBefore;
    private long[] deliveredBefore;
    private long lastSample;
    private int openedBefore;

    Observer(Plan plan, RunTime time, List<? extends Part> parts, Progress progress, @Nullable ProcessWatch broker) {
        this.plan = plan;
        this.time = time;
        this.parts = parts;
        this.progress = progress;
        this.broker = broker;
        int flows = plan.flows().size();
        this.sentBefore = new long[flows];
        this.deliveredBefore = new long[flows];
        this.intervals = new Histogram[flows];
        for (int flow = 0; flow < flows; flow++) {
            intervals[flow] = Figures.histogram();
        }
        this.lastSample = time.now();
        processes.put("tester", ProcessProbe.self());
        if (broker != null) {
            processes.put("broker", broker.probe());
        }
        progress.begins();
        processes.forEach((name, probe) -> cpuBefore.put(name, probe.cpuNanos()));
    }

    /** All parts together, now. */
    Part.Pulse pulse() {
        int flows = plan.flows().size();
        long[] sent = new long[flows];
        long[] delivered = new long[flows];
        List<Connections> connections = new ArrayList<>();
        int up = 0;
        long unacknowledged = 0;
        boolean actionDone = true;
        boolean countsDone = true;
        for (Part part : parts) {
            Part.Pulse one = part.pulse();
            connections.add(one.connections());
            up += one.up();
            unacknowledged += one.unacknowledged();
            actionDone &= one.actionDone();
            countsDone &= one.countsDone();
            for (int flow = 0; flow < flows; flow++) {
                sent[flow] += one.sent()[flow];
                delivered[flow] += one.delivered()[flow];
                intervals[flow].add(one.latency()[flow]);
            }
        }
        return new Part.Pulse(
                Results.sum(connections), up, actionDone, countsDone, unacknowledged, sent, delivered, intervals);
    }

    /** What members of shared subscriptions lack together. */
    long sharedMissing() {
        if (!plan.settings().shares()) {
            return 0;
        }
        Part.Pulse pulse = pulse();
        long missing = 0;
        for (FlowPlan flow : plan.flows()) {
            if (sharers(flow)) {
                missing += Math.max(0, pulse.sent()[flow.index()] - pulse.delivered()[flow.index()]);
            }
        }
        return missing;
    }

    /** Whether members of shared subscriptions may receive a flow; others' arrivals only end the wait early. */
    private boolean sharers(FlowPlan flow) {
        return flow.asked() == null
                && !flow.flow().p2p()
                && plan.groups().stream()
                        .flatMap(group -> group.group().subscriptions().stream())
                        .anyMatch(each -> each.shared() != null);
    }

    /** Takes a sample when a second is over. */
    void tick(String phase, double seconds, double of) {
        if (time.now() - lastSample >= SECOND) {
            sample(phase, seconds, of);
        }
    }

    void sample(String phase, double seconds, double of) {
        Part.Pulse pulse = pulse();
        long now = time.now();
        double length = Math.max(1, now - lastSample) / 1e9;
        lastSample = now;
        List<FlowSample> flows = new ArrayList<>();
        Histogram all = Figures.histogram();
        double in = 0;
        double out = 0;
        for (FlowPlan flow : plan.flows()) {
            int index = flow.index();
            double sent = (pulse.sent()[index] - sentBefore[index]) / length;
            double delivered = (pulse.delivered()[index] - deliveredBefore[index]) / length;
            flows.add(new FlowSample(flow.name(), sent, delivered, Latency.of(intervals[index])));
            all.add(intervals[index]);
            intervals[index].reset();
            in += sent;
            out += delivered;
        }
        sentBefore = pulse.sent();
        deliveredBefore = pulse.delivered();
        samples.add(new Sample(
                now / 1e9, phase, pulse.up(), pulse.connections().errors(), in, out, Latency.of(all), flows));
        processes.forEach((name, probe) -> processSamples.add(new ProcessSample(
                now / 1e9, name, (probe.cpuNanos() - cpuBefore.getOrDefault(name, 0L)) / 1e9, probe.residentBytes())));
        tester.sample();
        if (broker != null) {
            broker.sample();
        }
        int opened = pulse.connections().opened();
        progress.second(
                new dev.skein.loadtest.load.Sample(
                        now / 1e9,
                        length,
                        phase,
                        in,
                        out,
                        (opened - openedBefore) / length,
                        Latency.of(all),
                        pulse.up(),
                        pulse.connections().errors(),
                        broker == null ? null : broker.point(),
                        tester.point()),
                all);
        openedBefore = opened;
        progress.messages(phase, seconds, Math.max(of, seconds));
    }

    void done() {
        progress.done();
    }

    List<Sample> samples() {
        return samples;
    }

    List<ProcessSample> processSamples() {
        return processSamples;
    }
}
