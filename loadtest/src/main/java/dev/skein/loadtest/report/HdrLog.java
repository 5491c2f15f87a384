package dev.skein.loadtest.report;

import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.Sample;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Writes the latencies of each second into a file: as HdrHistogram's interval log, or, when the file's name ends in
 * {@code .hgrm}, all of them together as its percentile distribution. Milliseconds in both.
 */
public final class HdrLog implements Progress, AutoCloseable {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int STEPS = 5;

    private final Progress next;
    private final PrintStream out;
    private final HistogramLogWriter writer;
    private final boolean distribution;
    private final InstantSource clock;
    private final Histogram all = new Histogram(3);
    private long begun;

    /** Opens the file; what {@code next} hears is what this hears. */
    public static HdrLog open(Path file, Progress next, InstantSource clock) throws IOException {
        PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8);
        return new HdrLog(out, file.toString().endsWith(".hgrm"), next, clock);
    }

    private HdrLog(PrintStream out, boolean distribution, Progress next, InstantSource clock) {
        this.out = out;
        this.writer = new HistogramLogWriter(out);
        this.distribution = distribution;
        this.next = next;
        this.clock = clock;
    }

    @Override
    public void begins() {
        next.begins();
        begun = clock.millis();
        if (!distribution) {
            writer.outputLogFormatVersion();
            writer.outputStartTime(begun);
            writer.setBaseTime(begun);
            writer.outputLegend();
        }
    }

    @Override
    public void second(Sample sample, Histogram latency) {
        next.second(sample, latency);
        if (distribution) {
            all.add(latency);
            return;
        }
        Histogram interval = latency.copy();
        interval.setStartTimeStamp(begun + (long) ((sample.seconds() - sample.length()) * 1e3));
        interval.setEndTimeStamp(begun + (long) (sample.seconds() * 1e3));
        writer.outputIntervalHistogram(interval);
    }

    /** Writes what is left; failures of writing are told here. */
    @Override
    public void close() throws IOException {
        if (distribution) {
            all.outputPercentileDistribution(out, STEPS, NANOS_PER_MILLI);
        }
        boolean failed = out.checkError();
        out.close();
        if (failed) {
            throw new IOException("--hdr: not written whole (expected: space on the disk)");
        }
    }

    @Override
    public void connecting(int ready, int failed, int asked) {
        next.connecting(ready, failed, asked);
    }

    @Override
    public void messages(String phase, double seconds, double of) {
        next.messages(phase, seconds, of);
    }

    @Override
    public void holding(double seconds, double of, int connections, int lost) {
        next.holding(seconds, of, connections, lost);
    }

    @Override
    public void done() {
        next.done();
    }
}
