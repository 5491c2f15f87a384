package dev.skein.benchmarks;

import dev.skein.node.route.Match;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Who gets a topic, in a table of many filters under one parent topic; without the event loops' own caches. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MatchBenchmark {
    private static final int TOPICS = 1 << 12;
    private static final int LOOPS = 2;
    private static final long SEED = 1;

    /** Distinct filters, one subscriber each. */
    @Param({"1000", "10000", "100000", "1000000"})
    public int filters;

    private final String[] topics = new String[TOPICS];
    private @Nullable FilledTable filled;
    private int next;

    /** Fills the table; the topics asked for are spread over it. */
    @Setup
    public void prepare() {
        filled = new FilledTable(filters, false);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = FilledTable.topic(random.nextInt(filters));
        }
    }

    /** A topic with one receiver. */
    @Benchmark
    public @Nullable Match match() {
        FilledTable now = filled;
        next = (next + 1) & (TOPICS - 1);
        return now == null ? null : now.tables.match(now.table, topics[next], LOOPS);
    }
}
