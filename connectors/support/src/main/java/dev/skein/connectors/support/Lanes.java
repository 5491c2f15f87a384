package dev.skein.connectors.support;

import dev.skein.connectors.api.SinkRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Sends records in lanes. Those of one lane go out in their order, one batch at a time; the lanes do not wait for each
 * other. A batch that fails takes with it what waits behind it in its lane, since the caller sends all that again. A
 * batch that is refused is sent again in halves, until the record that is to blame stands alone.
 *
 * @param <K> what tells lanes apart; few, and compared by {@code equals}
 */
public final class Lanes<K> implements AutoCloseable {
    private final Map<K, Lane<K>> lanes = new ConcurrentHashMap<>();
    private final Transport<K> transport;
    private final Executor executor;
    private final Limits limits;
    private volatile boolean closed;

    /** @param executor calls the transport; a call may block it */
    public Lanes(Transport<K> transport, Executor executor, Limits limits) {
        this.transport = transport;
        this.executor = executor;
        this.limits = limits;
    }

    /** Sends these behind what went into the lane before. Does not block. */
    public void put(K lane, Collection<Entry> entries) {
        lanes.computeIfAbsent(lane, key -> new Lane<>(key, this)).put(entries);
        if (closed) {
            failAll();
        }
    }

    /** What was not told yet is told as failed; what is put in from now on, too. */
    @Override
    public void close() {
        closed = true;
        failAll();
    }

    private void failAll() {
        lanes.values().forEach(lane -> lane.failAll("the connector is closed"));
    }

    Transport<K> transport() {
        return transport;
    }

    Executor executor() {
        return executor;
    }

    Limits limits() {
        return limits;
    }

    /** Brings a batch to the target. */
    @FunctionalInterface
    public interface Transport<K> {
        /** Sends the records of a lane, oldest first. May block. A stage that ends in an exception is a failure. */
        CompletionStage<Answer> send(K lane, List<SinkRecord> records) throws Exception;
    }

    /**
     * @param records the most of a batch
     * @param bytes the most of a batch; a record that is larger goes alone
     * @param patience how long a batch waits for its answer before it counts as failed
     */
    public record Limits(int records, int bytes, Duration patience) {}
}
