package dev.skein.connectors.support;

import dev.skein.connectors.support.Lanes.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A lane of {@link Lanes}: what waits, and the batch that is under way. */
final class Lane<K> {
    private final K key;
    private final Lanes<K> lanes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private List<Entry> underWay = List.of();
    /** The most records of the next batch: fewer for a while after the target refused one. */
    private int width;

    Lane(K key, Lanes<K> lanes) {
        this.key = key;
        this.lanes = lanes;
        width = lanes.limits().records();
    }

    void put(Collection<Entry> entries) {
        lock.lock();
        try {
            waiting.addAll(entries);
        } finally {
            lock.unlock();
        }
        next();
    }

    /** Sends the next batch unless one is under way. */
    private void next() {
        List<Entry> batch;
        lock.lock();
        try {
            if (!underWay.isEmpty() || waiting.isEmpty()) {
                return;
            }
            batch = take();
            underWay = batch;
        } finally {
            lock.unlock();
        }
        try {
            lanes.executor().execute(() -> send(batch));
        } catch (RejectedExecutionException e) {
            failAll("the connector is closed");
        }
    }

    private List<Entry> take() {
        Limits limits = lanes.limits();
        List<Entry> batch = new ArrayList<>(Math.min(width, waiting.size()));
        long bytes = 0;
        while (batch.size() < width && !waiting.isEmpty()) {
            bytes += waiting.element().bytes();
            if (bytes > limits.bytes() && !batch.isEmpty()) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    private void send(List<Entry> batch) {
        CompletionStage<Answer> answer;
        try {
            answer = lanes.transport()
                    .send(key, batch.stream().map(Entry::record).toList());
        } catch (Exception e) {
            answer = CompletableFuture.failedStage(e);
        }
        long patience = lanes.limits().patience().toMillis();
        var unused = answer.toCompletableFuture()
                .copy()
                .orTimeout(patience, TimeUnit.MILLISECONDS)
                .whenComplete((said, failure) -> settle(batch, said != null ? said : failed(failure, patience)));
    }

    private static Answer failed(Throwable failure, long patience) {
        Throwable cause = Reasons.unwrapped(failure);
        return new Answer.Failed(
                cause instanceof TimeoutException ? "no answer within " + patience + " ms" : Reasons.of(cause));
    }

    private void settle(List<Entry> batch, Answer answer) {
        switch (answer) {
            case Answer.Taken taken -> {
                done(batch, false, null);
                batch.forEach(Entry::taken);
            }
            case Answer.Failed failed -> done(batch, true, null).forEach(entry -> entry.failed(false, failed.reason()));
            case Answer.Refused refused -> {
                if (batch.size() == 1) {
                    done(batch, false, null);
                    batch.getFirst().failed(true, refused.reason());
                } else {
                    done(batch, false, batch);
                }
            }
        }
        next();
    }

    /**
     * Ends the batch that is under way.
     *
     * @param all whether what waits is given up with it
     * @param again what goes back to the front
     * @return what is given up
     */
    private List<Entry> done(List<Entry> batch, boolean all, @Nullable List<Entry> again) {
        lock.lock();
        try {
            if (underWay != batch) {
                return List.of(); // it was given up before the answer came
            }
            underWay = List.of();
            if (again != null) {
                again.reversed().forEach(waiting::addFirst);
                width = Math.max(1, again.size() / 2);
            } else {
                width = Math.min(lanes.limits().records(), width + Math.max(1, width / 4));
            }
            List<Entry> givenUp = new ArrayList<>();
            if (all) {
                givenUp.addAll(batch);
                givenUp.addAll(waiting);
                waiting.clear();
            }
            return givenUp;
        } finally {
            lock.unlock();
        }
    }

    void failAll(String reason) {
        List<Entry> all;
        lock.lock();
        try {
            all = new ArrayList<>(underWay);
            all.addAll(waiting);
            underWay = List.of();
            waiting.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(entry -> entry.failed(false, reason));
    }
}
