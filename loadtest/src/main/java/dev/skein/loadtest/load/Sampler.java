package dev.skein.loadtest.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Makes the {@link Sample}s of a run and tells its listener of each. Used by the run's own thread. */
final class Sampler {
    /** A shorter time says nothing of a rate: the next sample takes it in. */
    private static final double SHORTEST_SECONDS = 0.2;

    private final Progress progress;
    private final @Nullable ProcessWatch broker;
    private final ProcessWatch tester;
    private final List<Sample> samples = new ArrayList<>();
    private final Histogram pending = LoopStats.histogram();
    private final long start = System.nanoTime();
    private long before = start;
    private long sentBefore;
    private long deliveredBefore;
    private int openedBefore;
    private @Nullable Counts now;

    Sampler(Progress progress, @Nullable ProcessWatch broker, ProcessWatch tester) {
        this.progress = progress;
        this.broker = broker;
        this.tester = tester;
        watches(ProcessWatch::sample);
        progress.begins();
    }

    /**
     * Ends a sample now.
     *
     * @param sent messages published since the run began
     * @param delivered messages delivered since the run began
     * @param up connections that are up
     * @param latency what came since the last call
     */
    void sample(String phase, long sent, long delivered, Connections connections, int up, Histogram latency) {
        pending.add(latency);
        now = new Counts(phase, sent, delivered, connections, up);
        if (System.nanoTime() - before >= SHORTEST_SECONDS * 1e9) {
            emit(now);
        }
    }

    /** What {@link #sample} was told. */
    private record Counts(String phase, long sent, long delivered, Connections connections, int up) {}

    private void emit(Counts counts) {
        long end = System.nanoTime();
        double length = Math.max(1, end - before) / 1e9;
        watches(ProcessWatch::sample);
        Sample sample = new Sample(
                (end - start) / 1e9,
                length,
                counts.phase(),
                (counts.sent() - sentBefore) / length,
                (counts.delivered() - deliveredBefore) / length,
                (counts.connections().opened() - openedBefore) / length,
                Latency.of(pending),
                counts.up(),
                counts.connections().errors(),
                broker == null ? null : broker.point(),
                tester.point());
        samples.add(sample);
        progress.second(sample, pending);
        pending.reset();
        before = end;
        sentBefore = counts.sent();
        deliveredBefore = counts.delivered();
        openedBefore = counts.connections().opened();
    }

    /**
     * The run has ended: its samples, the last of them maybe short, with the distribution of all measured latencies.
     */
    Timeline timeline(Histogram latency) {
        if (now != null && pending.getTotalCount() > 0) {
            emit(now);
        }
        return new Timeline(samples, Timeline.percentiles(latency));
    }

    private void watches(Consumer<ProcessWatch> action) {
        action.accept(tester);
        if (broker != null) {
            action.accept(broker);
        }
    }
}
