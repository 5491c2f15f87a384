package dev.skein.loadtest.play;

import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.ProcessUse;
import dev.skein.loadtest.load.ProcessWatch;
import dev.skein.loadtest.load.ScenarioResult;
import dev.skein.loadtest.load.ScenarioResult.Counts;
import dev.skein.loadtest.load.ScenarioResult.Flow;
import dev.skein.loadtest.load.ScheduleKept;
import dev.skein.loadtest.play.Figures.OfChannel;
import dev.skein.loadtest.play.Figures.OfFlow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Puts together what all parts found. */
final class Results {
    private static final double LATE_PERCENTILE = 99;

    private final Plan plan;
    private final List<String> notes;
    private final double seconds;
    private final Observer observer;

    Results(Plan plan, List<String> notes, double seconds, Observer observer) {
        this.plan = plan;
        this.notes = new ArrayList<>(notes);
        this.seconds = seconds;
        this.observer = observer;
    }

    ScenarioResult of(List<Part.Found> found, Totals totals, long[] missing, @Nullable ProcessWatch broker) {
        Figures figures = new Figures(plan.flows().size(), plan.channels());
        long[] unacknowledged = new long[plan.flows().size()];
        int[] receivers = new int[plan.channels()];
        for (Part.Found one : found) {
            figures.add(one.figures());
            for (int flow = 0; flow < unacknowledged.length; flow++) {
                unacknowledged[flow] += one.unacknowledged()[flow];
            }
            for (int channel = 0; channel < receivers.length; channel++) {
                receivers[channel] += one.receivers()[channel];
            }
        }
        Connections connections =
                sum(found.stream().map(Part.Found::connections).toList());
        if (figures.foreigners() > 0) {
            notes.add("messages of another run or client arrived: " + figures.foreigners());
        }
        if (!totals.uncertain().isEmpty()) {
            notes.add("messages whose connection ended before they were acknowledged, held to be neither lost nor due: "
                    + totals.uncertain().size());
        }
        List<Flow> flows = new ArrayList<>();
        for (FlowPlan flow : plan.flows()) {
            for (GroupPlan group : plan.groups()) {
                int channel = plan.channel(flow.index(), group.index());
                if (receivers[channel] > 0 || figures.get(OfChannel.VIOLATIONS, channel) > 0) {
                    flows.add(flow(flow, group, figures, missing, unacknowledged, receivers));
                }
            }
        }
        Histogram connects = figures.connectTimes();
        ProcessUse tester = use(found);
        return new ScenarioResult(
                plan.scenario().name(),
                plan.scenario().about(),
                plan.settings().scale(),
                plan.settings().seed(),
                found.size(),
                notes,
                seconds,
                connections,
                connects,
                flows,
                observer.samples(),
                observer.processSamples(),
                broker == null ? null : broker.use(),
                tester,
                Criteria.of(plan.scenario().limits(), connections, connects, flows));
    }

    private Flow flow(
            FlowPlan plan0, GroupPlan group, Figures figures, long[] missing, long[] unacknowledged, int[] receivers) {
        int index = plan0.index();
        int channel = plan.channel(index, group.index());
        long sent = figures.get(OfFlow.SENT, index);
        long delivered = figures.get(OfChannel.DELIVERED, channel);
        boolean shared = plan.settings().shares()
                && group.group().subscriptions().stream().anyMatch(each -> each.shared() != null);
        Counts counts = new Counts(
                sent,
                figures.get(OfFlow.ACKNOWLEDGED, index),
                unacknowledged[index],
                delivered,
                shared ? Math.max(0, sent - delivered) : missing[channel],
                shared ? Math.max(0, delivered - sent) : figures.get(OfChannel.DUPLICATES, channel),
                figures.get(OfChannel.ORDER_BREAKS, channel),
                figures.get(OfChannel.VIOLATIONS, channel) + figures.get(OfFlow.WRONG_ACKNOWLEDGEMENTS, index));
        boolean open = plan0.flow().openLoop();
        return new Flow(
                plan0.name(),
                plan0.from().name(),
                group.name(),
                plan0.flow().qos(),
                plan0.flow().size(),
                plan0.from().count(),
                receivers[channel],
                open ? plan0.flow().rate() * plan0.publishers() : 0,
                figures.get(OfFlow.SENT_MEASURED, index),
                figures.get(OfChannel.DELIVERED_MEASURED, channel),
                counts,
                figures.latencyOf(channel),
                open ? schedule(figures, index) : null);
    }

    private ScheduleKept schedule(Figures figures, int flow) {
        Histogram late = figures.latenessOf(flow);
        return ScheduleKept.ofMessages(
                seconds == 0 ? 0 : figures.get(OfFlow.DUE_MEASURED, flow) / seconds,
                seconds == 0 ? 0 : figures.get(OfFlow.SENT_MEASURED, flow) / seconds,
                figures.get(OfFlow.SENT, flow),
                figures.get(OfFlow.UNSENT, flow),
                late.getValueAtPercentile(LATE_PERCENTILE),
                late.getMaxValue());
    }

    static Connections sum(List<Connections> parts) {
        int asked = 0;
        int opened = 0;
        int failed = 0;
        int lost = 0;
        Map<String, Long> reasons = new TreeMap<>();
        for (Connections part : parts) {
            asked += part.asked();
            opened += part.opened();
            failed += part.failed();
            lost += part.lost();
            part.reasons().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        }
        return new Connections(asked, opened, failed, lost, reasons);
    }

    /** All processes together; of the same seconds. */
    private static ProcessUse use(List<Part.Found> found) {
        long cpu = 0;
        double seconds = 0;
        long resident = 0;
        long peak = 0;
        for (Part.Found one : found) {
            cpu += one.tester().cpuNanos();
            seconds = Math.max(seconds, one.tester().seconds());
            resident += one.tester().residentBytes();
            peak += one.tester().peakBytes();
        }
        return new ProcessUse(cpu, seconds, resident, peak);
    }
}
