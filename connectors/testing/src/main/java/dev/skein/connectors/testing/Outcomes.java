package dev.skein.connectors.testing;

import dev.skein.connectors.api.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Collects what became of the records of one batch, and whether it was told more than once. */
public final class Outcomes implements Sink.Outcome {
    private final AtomicReferenceArray<Result> results;
    private final AtomicInteger told = new AtomicInteger();

    /** @param records of the batch */
    public Outcomes(int records) {
        results = new AtomicReferenceArray<>(records);
    }

    /** What became of one record: taken, or failed with a reason. */
    public record Result(boolean taken, boolean lasting, String reason) {}

    @Override
    public void taken(int index) {
        tell(index, new Result(true, false, ""));
    }

    @Override
    public void failed(int index, boolean lasting, String reason) {
        tell(index, new Result(false, lasting, reason));
    }

    private void tell(int index, Result result) {
        results.set(index, result);
        told.incrementAndGet();
    }

    /** How often an outcome was told. */
    public int told() {
        return told.get();
    }

    /** All of them, when each was told. */
    public List<Result> all() {
        Await.until(() -> told.get() >= results.length(), () -> told.get() + " of " + results.length() + " were told");
        List<Result> all = new ArrayList<>();
        for (int i = 0; i < results.length(); i++) {
            all.add(results.get(i));
        }
        return all;
    }

    /** That of the only record. */
    public Result only() {
        return all().getFirst();
    }
}
