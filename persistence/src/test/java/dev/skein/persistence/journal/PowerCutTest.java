package dev.skein.persistence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Power is lost, or the process killed, between any two steps of the disk. {@code -Dskein.cuts} says how often,
 * {@code -Dskein.seed} replays a run.
 */
class PowerCutTest {
    private static final int CUTS = Integer.getInteger("skein.cuts", 2_000);
    private static final long SEED = Long.getLong("skein.seed", 20261130);
    private static final int RUNS = 8;
    private static final int STEPS = 250;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void whatWasAcknowledgedIsThereAfterAPowerCut() throws Exception {
        for (int run = 0; run < RUNS; run++) {
            long seed = SEED + run;
            List<CutFiles.Step> log = run(seed, true);
            Random random = new Random(seed);
            for (int cut = 0; cut < CUTS / RUNS; cut++) {
                int steps = random.nextInt(log.size() + 1);
                long image = random.nextLong();
                try {
                    check(log, steps, true, true, new Random(image), cut % 10 == 0);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", step " + steps + ", image " + image, e);
                }
            }
        }
    }

    @Test
    void nothingIsInventedAfterAPowerCutWhenNothingWasForced() throws Exception {
        cuts(false, true);
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAKillThoughNothingWasForced() throws Exception {
        cuts(false, false);
    }

    private static void cuts(boolean disk, boolean power) throws Exception {
        for (int run = 0; run < 2; run++) {
            long seed = SEED + 100 + run;
            List<CutFiles.Step> log = run(seed, disk);
            Random random = new Random(seed);
            for (int cut = 0; cut < CUTS / 10; cut++) {
                int steps = random.nextInt(log.size() + 1);
                long image = random.nextLong();
                try {
                    check(log, steps, disk, power, new Random(image), cut % 10 == 0);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", step " + steps + ", image " + image, e);
                }
            }
        }
    }

    private static List<CutFiles.Step> run(long seed, boolean disk) throws Exception {
        CutFiles files = new CutFiles();
        MemoryTables tables = new MemoryTables(Journals.empty(), files, disk);
        Journal journal = Journals.open(files, tables, disk);
        journal.start();
        new Workload(journal, files, seed).run(STEPS);
        List<CutFiles.Step> log = files.log();
        journal.close(PATIENCE);
        return new Random(seed).nextBoolean() ? log : files.log();
    }

    private static void check(
            List<CutFiles.Step> log, int steps, boolean disk, boolean power, Random random, boolean goOn)
            throws Exception {
        CutFiles files = power ? CutFiles.image(log, steps, random) : CutFiles.killed(log, steps);
        MemoryTables tables = new MemoryTables(tables(log.subList(0, steps), power, random), files);
        Journal journal = Journals.open(files, tables, disk);
        boolean durable = disk || !power;
        Expected expected = new Expected(log.subList(0, steps), durable);
        expected.check(journal, tables, random);
        if (durable) {
            assertThat(journal.damage()).isEmpty();
        }
        if (goOn) {
            journal.start();
            if (durable) {
                repeats(journal, expected.marks());
            }
            journal.close(PATIENCE);
            assertThat(files.list()).allMatch(name -> !durable && name.endsWith(Segment.DAMAGED));
            Journal after = Journals.open(files, tables, disk);
            expected.check(after, tables, random);
        } else if (random.nextInt(4) == 0) {
            // What is written after the cut goes behind what was left, and both are there after another one.
            journal.start();
            CompletableFuture<Void> done = new CompletableFuture<>();
            journal.submit(new StoreCommand.Barrier(Workload.SESSIONS.getFirst(), () -> done.complete(null)));
            done.get(60, TimeUnit.SECONDS);
            journal.close(PATIENCE);
            expected.check(Journals.open(files, tables, disk), tables, random);
        }
    }

    /** A publisher that gives a message again is told the first one's identity. */
    private static void repeats(Journal journal, Map<InboundMark, MessageId> marks) throws Exception {
        for (Map.Entry<InboundMark, MessageId> each : marks.entrySet()) {
            CompletableFuture<MessageId> first = new CompletableFuture<>();
            journal.submit(new StoreCommand.Append(
                    "default",
                    "t",
                    Content.of(new byte[4]),
                    Origin.UNKNOWN,
                    List.of(new Receiver(Workload.SESSIONS.getFirst(), 2)),
                    each.getKey(),
                    new StoreCommand.AppendListener() {
                        @Override
                        public void committed(MessageId id) {
                            first.completeExceptionally(new AssertionError("stored twice"));
                        }

                        @Override
                        public void repeated(MessageId id) {
                            first.complete(id);
                        }

                        @Override
                        public void failed(StoreUnavailableException cause) {
                            first.completeExceptionally(cause);
                        }
                    }));
            assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(each.getValue());
        }
    }

    /** A state of the tables that was forced, or one committed after it. */
    private static MemoryTables.State tables(List<CutFiles.Step> steps, boolean power, Random random) {
        List<MemoryTables.State> possible = new ArrayList<>(List.of(Journals.empty()));
        for (CutFiles.Step step : steps) {
            if (step instanceof CutFiles.Event(MemoryTables.Committed(var state))) {
                possible.add(state);
            } else if (power && step instanceof CutFiles.Event(MemoryTables.Forced())) {
                possible = new ArrayList<>(List.of(possible.getLast()));
            }
        }
        return power ? possible.get(random.nextInt(possible.size())) : possible.getLast();
    }
}
