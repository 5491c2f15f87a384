package dev.skein.loadtest.play;

import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.ProcessUse;
import dev.skein.loadtest.load.ProcessWatch;
import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.Transport;
import dev.skein.loadtest.play.Figures.OfChannel;
import dev.skein.loadtest.play.Figures.OfFlow;
import dev.skein.loadtest.process.ProcessProbe;
import dev.skein.loadtest.scenario.Group.Wire;
import dev.skein.loadtest.scenario.Phase;
import dev.skein.loadtest.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** This process's part of a run: its members on their event loops. Public methods are for one thread. */
public final class Crew implements Part {
    private final Plan plan;
    private final Access access;
    private final RunTime time;
    private final Transport transport;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final Ramp ramp;
    private final Excuses excuses;
    /** By flow and group that answers it. */
    private final List<List<FlowPlan>> answers = new ArrayList<>();

    private final List<@Nullable FlowPlan> wills = new ArrayList<>();
    private final Set<Member> away = new HashSet<>();
    private final ProcessWatch tester = new ProcessWatch(ProcessProbe.self());
    private Set<Integer> active = Set.of();
    private volatile boolean actionDone = true;

    /**
     * Prepares the members; nothing connects yet.
     *
     * @param base {@link System#nanoTime()} here when the run began
     */
    public Crew(Scenario scenario, RunSettings settings, Access access, long base) {
        this.plan = new Plan(scenario, settings);
        this.access = access;
        this.time = new RunTime(base);
        this.ramp = new Ramp(access.mostPending(), time);
        this.excuses = new Excuses(plan);
        Transport.Way any = access.way(Wire.ANY);
        this.transport = Transport.start(access.threads(), any.brokers(), access.sources(), any.tls());
        transport.loops().forEach(executor -> lanes.add(new Lane(executor, plan)));
        for (GroupPlan group : plan.groups()) {
            wills.add(plan.willOf(group));
            for (FlowPlan flow : plan.flows()) {
                answers.add(plan.flows().stream()
                        .filter(answer -> answer.asked() == flow && answer.from() == group)
                        .toList());
            }
        }
        Wiring wiring = new Wiring(plan);
        for (GroupPlan group : plan.groups()) {
            List<FlowPlan> own =
                    plan.flows().stream().filter(flow -> flow.from() == group).toList();
            for (int n = settings.part(); n < group.count(); n += settings.parts()) {
                Lane lane = lanes.get(n / settings.parts() % lanes.size());
                int number = n;
                List<Sender> senders = own.stream()
                        .map(flow -> new Sender(flow, number, settings.seed()))
                        .toList();
                Member member = new Member(this, lane, group, n, wiring.arrivals(group, n), senders);
                members.add(member);
                lane.members().add(member);
            }
        }
        lanes.forEach(lane -> lane.keepAlive(scenario.keepAliveSeconds()));
    }

    RunTime time() {
        return time;
    }

    int run() {
        return plan.settings().run();
    }

    Access access() {
        return access;
    }

    int keepAliveSeconds() {
        return plan.scenario().keepAliveSeconds();
    }

    FlowPlan flow(int index) {
        return plan.flows().get(index);
    }

    int channel(int flow, GroupPlan group) {
        return plan.channel(flow, group.index());
    }

    List<FlowPlan> answersTo(int flow, GroupPlan group) {
        return answers.get(group.index() * plan.flows().size() + flow);
    }

    @Nullable
    FlowPlan willOf(GroupPlan group) {
        return wills.get(group.index());
    }

    void open(Lane lane, int ordinal, Connection connection, Wire wire) {
        transport.open(lane.executor(), ordinal, connection, access.way(wire));
    }

    void memberReady() {
        ramp.ready();
    }

    void memberGone() {
        ramp.answered();
    }

    void subscribedLater() {
        ramp.answered();
    }

    void memberClosed(boolean wasReady, boolean planned, String reason) {
        ramp.closed(wasReady, planned, reason);
    }

    @Override
    public void flows(Set<Integer> wanted, long at) {
        Set<Integer> before = active;
        active = Set.copyOf(wanted);
        for (Lane lane : lanes) {
            lane.ask(() -> {
                turn(lane, before, wanted, at);
                return true;
            });
        }
    }

    private void turn(Lane lane, Set<Integer> before, Set<Integer> wanted, long at) {
        lane.pacers().removeIf(pacer -> {
            boolean ends = !wanted.contains(pacer.plan().index());
            if (ends) {
                pacer.stop();
            }
            return ends;
        });
        for (Member member : lane.members()) {
            for (Sender sender : member.senders()) {
                boolean on = wanted.contains(sender.plan().index());
                if (sender.active() && !on) {
                    member.outbox().end(sender);
                }
                sender.active(on);
            }
            member.outbox().pump();
        }
        for (int index : wanted) {
            FlowPlan flow = plan.flows().get(index);
            if (!before.contains(index) && flow.flow().openLoop()) {
                List<Member> own = lane.members().stream()
                        .filter(member -> member.group() == flow.from())
                        .toList();
                Pacer pacer = new Pacer(flow, own, lane, time, at);
                lane.pacers().add(pacer);
                lane.after(Math.max(0, at - time.now()), pacer::run);
            }
        }
    }

    @Override
    public void measure(boolean on, long at) {
        if (on) {
            time.measureFrom(at);
            tester.start();
        } else {
            time.measureTo(at);
            tester.end();
        }
    }

    @Override
    public void begin(int phase) {
        actionDone = false;
        Thread action = new Thread(() -> perform(phase), "phase");
        action.setDaemon(true);
        action.start();
    }

    private void perform(int number) {
        try {
            Phase phase = plan.scenario().phases().get(number);
            List<Member> concerned =
                    members.stream().filter(m -> excuses.concerns(number, m)).toList();
            double rate = phase.perSecond()
                    * plan.settings().scale()
                    / plan.settings().timeScale()
                    / plan.settings().parts();
            switch (phase.action()) {
                case CONNECT -> ramp.run(concerned, rate, true, this::connect);
                case RECONNECT -> {
                    List<Member> back = members.stream()
                            .filter(m -> phase.groups().contains(m.group().name()) && away.contains(m))
                            .toList();
                    back.forEach(away::remove);
                    ramp.run(back, rate, true, this::connect);
                }
                case DISCONNECT -> {
                    away.addAll(concerned);
                    ramp.run(concerned, rate, false, (member, at) -> member.disconnect(phase.abrupt()));
                }
                case SUBSCRIBE ->
                    ramp.run(concerned, rate, false, (member, at) -> {
                        if (!member.ready() || !member.subscribe()) {
                            subscribedLater();
                        }
                    });
                case RUN -> {}
            }
        } finally {
            actionDone = true;
        }
    }

    private void connect(Member member, long at) {
        member.connect(at, member.number() + member.group().index());
    }

    @Override
    public Pulse pulse() {
        int flows = plan.flows().size();
        long[] sent = new long[flows];
        long[] delivered = new long[flows];
        Histogram[] latency = new Histogram[flows];
        for (int flow = 0; flow < flows; flow++) {
            latency[flow] = Figures.histogram();
        }
        long unacknowledged = 0;
        boolean countsDone = true;
        for (Lane lane : lanes) {
            Glance glance = lane.ask(() -> glance(lane));
            for (int flow = 0; flow < flows; flow++) {
                sent[flow] += glance.sent[flow];
                delivered[flow] += glance.delivered[flow];
                latency[flow].add(glance.latency[flow]);
            }
            unacknowledged += glance.unacknowledged;
            countsDone &= glance.countsDone;
        }
        tester.sample();
        return new Pulse(
                ramp.connections(), ramp.up(), actionDone, countsDone, unacknowledged, sent, delivered, latency);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Glance(
            long[] sent, long[] delivered, Histogram[] latency, long unacknowledged, boolean countsDone) {}

    private Glance glance(Lane lane) {
        int flows = plan.flows().size();
        long[] sent = new long[flows];
        long[] delivered = new long[flows];
        for (int flow = 0; flow < flows; flow++) {
            sent[flow] = lane.figures().get(OfFlow.SENT, flow);
            for (GroupPlan group : plan.groups()) {
                delivered[flow] += lane.figures().get(OfChannel.DELIVERED, channel(flow, group));
            }
        }
        long unacknowledged = 0;
        boolean countsDone = true;
        for (Member member : lane.members()) {
            for (Sender sender : member.senders()) {
                unacknowledged += sender.underWay();
                countsDone &= !sender.active() || !member.ready() || sender.done();
            }
        }
        return new Glance(sent, delivered, lane.figures().takeIntervals(), unacknowledged, countsDone);
    }

    @Override
    public Totals totals() {
        int[][] sent = new int[plan.flows().size()][];
        for (FlowPlan flow : plan.flows()) {
            sent[flow.index()] = new int[flow.asked() == null ? (int) flow.streams() : 0];
        }
        List<int[]> uncertain = new ArrayList<>();
        for (Lane lane : lanes) {
            lane.ask(() -> {
                for (Member member : lane.members()) {
                    uncertain.addAll(member.outbox().uncertain());
                    for (Sender sender : member.senders()) {
                        int[] own = sender.sent();
                        System.arraycopy(
                                own,
                                0,
                                sent[sender.plan().index()],
                                own.length == 0 ? 0 : sender.publisher() * own.length,
                                own.length);
                    }
                }
                return true;
            });
        }
        return new Totals(sent, uncertain);
    }

    @Override
    public void excuseFrom(int phase, Totals totals) {
        excuses.from(phase, totals);
    }

    @Override
    public void excuseTo(int phase, Totals totals) {
        excuses.to(phase, totals);
    }

    @Override
    public long[] missing(Totals totals) {
        long[] missing = new long[plan.channels()];
        Map<Long, List<Integer>> uncertain = Excuses.byStream(totals);
        for (Lane lane : lanes) {
            lane.ask(() -> {
                for (Member member : lane.members()) {
                    for (int flow = 0; flow < plan.flows().size(); flow++) {
                        Arrivals arrivals = member.arrivals()[flow];
                        if (arrivals != null && !arrivals.sources().shared()) {
                            missing[channel(flow, member.group())] +=
                                    excuses.missing(member, plan.flows().get(flow), arrivals, totals, uncertain);
                        }
                    }
                }
                return true;
            });
        }
        return missing;
    }

    @Override
    public void finish() {
        for (FlowPlan flow : plan.flows()) {
            if (flow.flow().retain() && !flow.flow().will()) {
                members.stream()
                        .filter(m -> m.group() == flow.from())
                        .forEach(member -> member.lane()
                                .run(() -> member.outbox().forget(member.connection(), member.sender(flow))));
            }
        }
        disconnectAll();
        List<Member> keeping =
                members.stream().filter(m -> !m.group().group().clean()).toList();
        if (!keeping.isEmpty()) {
            Ramp sweep = ramp;
            sweep.run(keeping, 0, false, (member, at) -> member.sweep(at, member.number()));
            disconnectAll();
        }
    }

    private void disconnectAll() {
        ramp.run(members, 0, false, (member, at) -> member.disconnect(false));
    }

    @Override
    public Found found() {
        Figures all = new Figures(plan.flows().size(), plan.channels());
        long[] unacknowledged = new long[plan.flows().size()];
        int[] receivers = new int[plan.channels()];
        for (Lane lane : lanes) {
            lane.ask(() -> {
                all.add(lane.figures());
                for (Member member : lane.members()) {
                    for (Sender sender : member.senders()) {
                        unacknowledged[sender.plan().index()] += sender.underWay();
                    }
                    for (int flow = 0; flow < plan.flows().size(); flow++) {
                        if (member.arrivals()[flow] != null) {
                            receivers[channel(flow, member.group())]++;
                        }
                    }
                }
                return true;
            });
        }
        Connections connections = ramp.connections();
        ProcessUse use = tester.use();
        return new Found(all, unacknowledged, receivers, connections, connections.reasons(), use);
    }

    /** Lets a phase under way end now. */
    public void stop() {
        ramp.stop();
    }

    @Override
    public void close() {
        Objects.requireNonNull(transport).close();
    }
}
