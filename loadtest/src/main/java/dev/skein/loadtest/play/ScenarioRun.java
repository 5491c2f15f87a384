package dev.skein.loadtest.play;

import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.ProcessWatch;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.ScenarioResult;
import dev.skein.loadtest.process.ProcessProbe;
import dev.skein.loadtest.scenario.Phase;
import dev.skein.loadtest.scenario.Phase.Action;
import dev.skein.loadtest.scenario.Scenario;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Leads one run of a scenario through its phases, in one process or several. Use once, from one thread. */
public final class ScenarioRun {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Messages under way are given this long before their receivers leave. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** Stragglers are given up when nothing came for this long. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** Time to tell all processes when something begins. */
    private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Plan plan;
    private final Scenario scenario;
    private final RunSettings settings;
    private final List<? extends Part> parts;
    private final RunTime time;
    private final AtomicBoolean stop;
    private final @Nullable ProcessWatch broker;
    private final Observer observer;
    private String phaseName = "connect";
    private double phaseSeconds;
    private long phaseBegan;
    private boolean measuring;

    /**
     * Prepares a run.
     *
     * @param parts the processes, each with its members ready
     * @param base {@link System#nanoTime()} here when the run began
     * @param brokerPid the broker's process on this machine
     * @param stop set by anyone to end the run early
     */
    public ScenarioRun(
            Scenario scenario,
            RunSettings settings,
            List<? extends Part> parts,
            long base,
            OptionalLong brokerPid,
            Progress progress,
            AtomicBoolean stop) {
        this.plan = new Plan(scenario, settings);
        this.scenario = scenario;
        this.settings = settings;
        this.parts = List.copyOf(parts);
        this.time = new RunTime(base);
        this.stop = stop;
        this.broker = brokerPid.isPresent() ? new ProcessWatch(ProcessProbe.of(brokerPid.getAsLong())) : null;
        this.observer = new Observer(plan, time, this.parts, progress, broker);
    }

    /** Runs all phases, waits for stragglers, cleans up. {@code notes} go into the result. */
    public ScenarioResult run(List<String> notes) {
        for (int i = 0; i < scenario.phases().size() && !stop.get(); i++) {
            phase(i, scenario.phases().get(i));
            Connections connections = observer.pulse().connections();
            if (connections.opened() == 0) {
                break; // nothing connects: the criteria say so
            }
        }
        measure(false);
        flows(List.of());
        Totals totals = drain();
        long[] missing = missing(totals);
        observer.sample("drain", 0, 0);
        observer.done();
        Results results = new Results(plan, notes, time.measuredSeconds(), observer);
        ScenarioResult result = results.of(parts.stream().map(Part::found).toList(), totals, missing, broker);
        parts.forEach(Part::finish);
        return result;
    }

    private void phase(int number, Phase phase) {
        phaseName = phase.name();
        Totals before = totals();
        if (phase.action() == Action.DISCONNECT) {
            settle(before);
        }
        if (phase.action() != Action.RUN && phase.action() != Action.RECONNECT) {
            parts.forEach(part -> part.excuseFrom(number, before));
        }
        long nanos = (long) (phase.duration().toNanos() * settings.timeScale());
        phaseSeconds = nanos / 1e9;
        phaseBegan = time.now();
        measure(phase.measured());
        flows(phase.flows());
        parts.forEach(part -> part.begin(number));
        BooleanSupplier over = phase.untilDone()
                ? () -> observer.pulse().countsDone() || time.now() - phaseBegan >= nanos
                : () -> time.now() - phaseBegan >= nanos && observer.pulse().actionDone();
        await(over);
        if (phase.action() != Action.RUN && phase.action() != Action.DISCONNECT) {
            Totals after = totals();
            parts.forEach(part -> part.excuseTo(number, after));
        }
    }

    private void measure(boolean on) {
        if (on == measuring) {
            return;
        }
        measuring = on;
        long at = time.now();
        if (on) {
            time.measureFrom(at);
        } else {
            time.measureTo(at);
        }
        parts.forEach(part -> part.measure(on, at));
        if (broker != null && on) {
            broker.start();
        } else if (broker != null) {
            broker.end();
        }
    }

    private void flows(List<String> names) {
        Set<Integer> numbers = plan.flows(names).stream().map(FlowPlan::index).collect(Collectors.toSet());
        long at = time.now() + (parts.size() > 1 ? AHEAD_NANOS : 0);
        parts.forEach(part -> part.flows(numbers, at));
    }

    private Totals totals() {
        return Totals.merge(parts.stream().map(Part::totals).toList());
    }

    private long[] missing(Totals totals) {
        long[] sum = new long[plan.channels()];
        for (Part part : parts) {
            long[] one = part.missing(totals);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += one[i];
            }
        }
        return sum;
    }

    /** Waits, bounded, until what was sent so far has arrived. */
    private void settle(Totals totals) {
        long end = time.now() + SETTLE_NANOS;
        await(() -> Arrays.stream(missing(totals)).sum() == 0 || time.now() >= end);
    }

    /** Waits for what is still under way; returns what was sent in all. */
    private Totals drain() {
        phaseName = "drain";
        phaseBegan = time.now();
        phaseSeconds = scenario.drain().toNanos() / 1e9;
        Totals totals = totals();
        long end = time.now() + (stop.get() ? Duration.ofSeconds(1) : scenario.drain()).toNanos();
        long lacking = Long.MAX_VALUE;
        long since = time.now();
        while (time.now() < end && time.now() - since < QUIET_NANOS && lacking > 0) {
            long seen = Arrays.stream(missing(totals)).sum()
                    + observer.sharedMissing()
                    + observer.pulse().unacknowledged();
            if (seen != lacking) {
                lacking = seen;
                since = time.now();
            }
            if (lacking > 0) {
                pause();
            }
        }
        return totals;
    }

    private void await(BooleanSupplier over) {
        while (!over.getAsBoolean() && !stop.get()) {
            pause();
        }
    }

    private void pause() {
        LockSupport.parkNanos(this, POLL_NANOS);
        observer.tick(phaseName, (time.now() - phaseBegan) / 1e9, phaseSeconds);
    }
}
