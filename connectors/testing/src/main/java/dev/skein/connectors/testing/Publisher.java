package dev.skein.connectors.testing;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends records as a rule does: several batches under way; after a failure that record and all behind it of its key.
 */
public final class Publisher {
    private static final int BATCH = 250;
    private static final int BATCHES_UNDER_WAY = 8;

    private final Sink sink;
    private final Map<String, List<SinkRecord>> left = new LinkedHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();
    private int failures;

    /** @param records in any order of keys; those of one key in their order */
    public Publisher(Sink sink, List<SinkRecord> records) {
        this.sink = sink;
        records.forEach(record -> left.computeIfAbsent(record.orderKey(), key -> new ArrayList<>())
                .add(record));
    }

    /** How many are known to be taken. */
    public int taken() {
        return taken.get();
    }

    /** How many outcomes were failures. */
    public int failures() {
        return failures;
    }

    /** Sends until all are taken. A failure that is lasting is an error of the test. */
    public void run() {
        while (!left.isEmpty()) {
            round();
        }
    }

    private void round() {
        List<SinkRecord> records = interleaved(BATCH * BATCHES_UNDER_WAY);
        List<Outcomes> outcomes = new ArrayList<>();
        for (int from = 0; from < records.size(); from += BATCH) {
            List<SinkRecord> batch = records.subList(from, Math.min(from + BATCH, records.size()));
            Outcomes outcome = new Outcomes(batch.size());
            outcomes.add(outcome);
            sink.send(batch, outcome);
        }
        List<Outcomes.Result> results =
                outcomes.stream().flatMap(outcome -> outcome.all().stream()).toList();
        Set<String> broken = new HashSet<>();
        for (int i = 0; i < results.size(); i++) {
            Outcomes.Result result = results.get(i);
            String key = records.get(i).orderKey();
            if (result.lasting()) {
                throw new AssertionError(records.get(i).topic() + ": " + result.reason());
            }
            if (!result.taken()) {
                failures++;
                broken.add(key);
            } else if (!broken.contains(key)) {
                left.getOrDefault(key, List.of()).removeFirst();
                taken.incrementAndGet();
            }
        }
        left.values().removeIf(List::isEmpty);
        outcomes.forEach(outcome -> {
            if (outcome.told() != outcome.all().size()) {
                throw new AssertionError(
                        outcome.told() + " outcomes for " + outcome.all().size() + " records");
            }
        });
    }

    /** One of each key in turn. */
    private List<SinkRecord> interleaved(int most) {
        List<SinkRecord> chosen = new ArrayList<>();
        int longest = left.values().stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest && chosen.size() < most; i++) {
            for (List<SinkRecord> records : left.values()) {
                if (i < records.size() && chosen.size() < most) {
                    chosen.add(records.get(i));
                }
            }
        }
        return chosen;
    }
}
