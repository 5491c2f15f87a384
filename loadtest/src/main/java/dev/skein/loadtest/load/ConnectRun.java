package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.Transport;
import dev.skein.loadtest.process.ProcessProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Opens idle connections at a rate, holds them, and weighs the broker. Use once, from one thread. */
public final class ConnectRun {
    private final Target target;
    private final int clients;
    private final double rate;
    private final Duration hold;
    private final boolean keepSessions;
    private final Progress progress;
    private final Ticker ticker;
    private final @Nullable ProcessWatch broker;
    private final ProcessWatch tester = new ProcessWatch(ProcessProbe.self());
    private final Sampler sampler;
    private Histogram timesBefore = LoopStats.histogram();

    /**
     * Prepares a run.
     *
     * @param clients 1 upward
     * @param rate connections a second, above 0
     * @param hold how long all stay open
     * @param keepSessions leave persistent sessions in the broker after the run
     * @param stop set by anyone to end the run early
     */
    public ConnectRun(
            Target target,
            int clients,
            double rate,
            Duration hold,
            boolean keepSessions,
            Progress progress,
            AtomicBoolean stop) {
        if (clients < 1) {
            throw new IllegalArgumentException("clients: " + clients + " (expected: >= 1)");
        }
        if (!(rate > 0)) {
            throw new IllegalArgumentException("rate: " + rate + " (expected: above 0)");
        }
        this.target = target;
        this.clients = clients;
        this.rate = rate;
        this.hold = hold;
        this.keepSessions = keepSessions;
        this.progress = progress;
        this.ticker = new Ticker(stop);
        this.broker = target.brokerPid().isPresent()
                ? new ProcessWatch(ProcessProbe.of(target.brokerPid().getAsLong()))
                : null;
        this.sampler = new Sampler(progress, broker, tester);
    }

    /** Connects, holds, weighs, disconnects. */
    public ConnectResult run() {
        try (Transport transport =
                Transport.start(target.threads(), target.brokers(), target.sources(), target.tls())) {
            List<Loop> loops = new ArrayList<>();
            transport.loops().forEach(executor -> loops.add(new Loop(executor)));
            Fleet fleet = new Fleet(transport, loops, target.mostPending());
            long empty = resident();
            watches(ProcessWatch::start);
            ticker.everySecond(() -> {
                sample("connect", fleet, loops);
                Connections now = fleet.connections(clients);
                progress.connecting(now.opened(), now.failed(), now.asked());
            });
            Fleet.Opening ramp = fleet.open(idle(fleet, loops), target.options(), rate, ticker, false);
            watches(ProcessWatch::end);
            sample("connect", fleet, loops);
            long opened = resident();
            double held = hold(fleet, loops);
            ConnectResult.Memory memory = broker == null ? null : new ConnectResult.Memory(empty, opened, resident());
            progress.done();
            ConnectResult result = result(fleet, loops, ramp, held, memory);
            fleet.close(ticker);
            if (!target.options().clean() && !keepSessions) {
                discardSessions(transport, loops);
            }
            return result;
        }
    }

    private List<Client> idle(Fleet fleet, List<Loop> loops) {
        List<Client> idle = new ArrayList<>(clients);
        for (int i = 0; i < clients; i++) {
            idle.add(new Client.Idle(loops.get(i % loops.size()), fleet, target.clientPrefix() + i));
        }
        return idle;
    }

    private double hold(Fleet fleet, List<Loop> loops) {
        long start = System.nanoTime();
        loops.forEach(loop -> loop.keepAlive(target.options().keepAliveSeconds()));
        if (fleet.readyNow() > 0) {
            ticker.everySecond(() -> {
                sample("hold", fleet, loops);
                Connections now = fleet.connections(clients);
                progress.holding((System.nanoTime() - start) / 1e9, hold.toNanos() / 1e9, fleet.readyNow(), now.lost());
            });
            ticker.await(start + hold.toNanos(), () -> false);
            sample("hold", fleet, loops);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private ConnectResult result(
            Fleet fleet, List<Loop> loops, Fleet.Opening ramp, double held, ConnectResult.@Nullable Memory memory) {
        Histogram times = connectTimes(loops);
        Connections connections = fleet.connections(clients);
        return new ConnectResult(
                clients,
                ramp.answeredNanos() / 1e9,
                held,
                Latency.of(times),
                connections,
                fleet.readyNow(),
                ScheduleKept.ofConnects(rate, clients, ramp.begun(), ramp.begunNanos()),
                memory,
                broker == null ? null : broker.use(),
                tester.use(),
                sampler.timeline(times));
    }

    private void sample(String phase, Fleet fleet, List<Loop> loops) {
        Histogram times = connectTimes(loops);
        Histogram interval = times.copy();
        interval.subtract(timesBefore);
        timesBefore = times;
        sampler.sample(phase, 0, 0, fleet.connections(clients), fleet.readyNow(), interval);
    }

    private static Histogram connectTimes(List<Loop> loops) {
        Histogram times = LoopStats.histogram();
        loops.forEach(loop -> times.add(loop.ask(() -> loop.stats().connectTimes())));
        return times;
    }

    private void discardSessions(Transport transport, List<Loop> loops) {
        Fleet sweepers = new Fleet(transport, loops, target.mostPending());
        Ticker unstoppable = new Ticker(new AtomicBoolean());
        sweepers.open(idle(sweepers, loops), target.options().cleaned(), rate, unstoppable, false);
        sweepers.close(unstoppable);
    }

    private long resident() {
        return broker == null ? 0 : broker.probe().exactResidentBytes();
    }

    private void watches(Consumer<ProcessWatch> action) {
        action.accept(tester);
        if (broker != null) {
            action.accept(broker);
        }
    }
}
