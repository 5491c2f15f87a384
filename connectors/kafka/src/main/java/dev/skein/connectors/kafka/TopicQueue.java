package dev.skein.connectors.kafka;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.support.Entry;
import dev.skein.connectors.support.OrderKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** What waits to be handed to the producer: that blocks while it does not know the topic, or its memory is full. */
final class TopicQueue {
    private final Producers producers;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final Set<Entry> underWay = ConcurrentHashMap.newKeySet();
    private boolean draining;
    private volatile boolean closed;

    TopicQueue(Producers producers, Executor executor) {
        this.producers = producers;
        this.executor = executor;
    }

    void put(Entry entry) {
        lock.lock();
        try {
            waiting.add(entry);
            if (!draining) {
                draining = true;
                executor.execute(this::drain);
            }
        } catch (RejectedExecutionException e) {
            closed = true;
        } finally {
            lock.unlock();
        }
        if (closed) {
            failAll("the connector is closed");
        }
    }

    private void drain() {
        for (Entry entry = next(); entry != null; entry = next()) {
            underWay.add(entry);
            String failure = handOver(entry);
            if (failure != null) {
                waiting().forEach(behind -> behind.failed(false, failure)); // the caller sends them again
            }
        }
    }

    private @Nullable Entry next() {
        lock.lock();
        try {
            Entry entry = waiting.poll();
            draining = entry != null;
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private List<Entry> waiting() {
        lock.lock();
        try {
            List<Entry> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** @return why the producer does not take it for a while; null when it has it, or never takes it */
    private @Nullable String handOver(Entry entry) {
        Thread here = Thread.currentThread();
        List<String> refusal = new ArrayList<>(1);
        Producer<byte[], byte[]> producer = null;
        try {
            producer = producers.get();
            Producer<byte[], byte[]> used = producer;
            var unused = used.send(record(entry.record()), (metadata, failure) -> {
                if (failure == null) {
                    underWay.remove(entry);
                    entry.taken();
                } else {
                    String reason = failed(entry, failure);
                    if (Thread.currentThread() == here && !Failures.isLasting(failure)) {
                        refusal.add(reason);
                    } else if (Failures.endsProducer(failure)) {
                        executor.execute(() -> producers.end(used));
                    }
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            if (producer != null && Failures.endsProducer(e)) {
                producers.end(producer);
            }
            refusal.add(failed(entry, e));
        }
        return refusal.isEmpty() ? null : refusal.getFirst();
    }

    private String failed(Entry entry, Exception failure) {
        underWay.remove(entry);
        String reason = Failures.reason(failure, producers.addresses());
        entry.failed(Failures.isLasting(failure), reason);
        return reason;
    }

    private static ProducerRecord<byte[], byte[]> record(SinkRecord record) {
        String key = OrderKeys.of(record);
        ProducerRecord<byte[], byte[]> made =
                new ProducerRecord<>(record.topic(), key.isEmpty() ? null : bytes(key), record.body());
        record.properties().forEach((name, value) -> made.headers().add(name, bytes(value)));
        if (!record.key().isEmpty()) {
            made.headers().add(Headers.KEY, bytes(record.key()));
        }
        if (!record.tag().isEmpty()) {
            made.headers().add(Headers.TAG, bytes(record.tag()));
        }
        return made;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void close() {
        closed = true;
        failAll("the connector is closed");
    }

    private void failAll(String reason) {
        waiting().forEach(entry -> entry.failed(false, reason));
        underWay.forEach(entry -> entry.failed(false, reason));
        underWay.clear();
    }
}
