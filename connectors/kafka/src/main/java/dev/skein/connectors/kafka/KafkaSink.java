package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.support.Budget;
import dev.skein.connectors.support.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/** Sends records to the partitions of topics. The order key is Kafka's key, so the partition is chosen by it. */
final class KafkaSink implements Sink {
    private final Producers producers;
    private final ExecutorService executor;
    private final Budget budget;
    private final Map<String, TopicQueue> queues = new ConcurrentHashMap<>();

    KafkaSink(Producers producers, ExecutorService executor, Budget budget) {
        this.producers = producers;
        this.executor = executor;
        this.budget = budget;
    }

    @Override
    public void send(List<SinkRecord> records, Outcome outcome) {
        for (int i = 0; i < records.size(); i++) {
            SinkRecord record = records.get(i);
            if (!Names.isTopic(record.topic())) {
                outcome.failed(i, true, "topic " + record.topic() + " (expected: " + Names.TOPIC + ")");
                continue;
            }
            Optional<Entry> entry = budget.admit(record, i, outcome);
            entry.ifPresent(
                    admitted -> queues.computeIfAbsent(record.topic(), topic -> new TopicQueue(producers, executor))
                            .put(admitted));
        }
    }

    @Override
    public void close() {
        queues.values().forEach(TopicQueue::close);
    }
}
