package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.testing.Target;
import dev.skein.connectors.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's server for the contracts. What it stores is read with a consumer that has no group. */
final class KafkaTarget implements Target, AutoCloseable {
    private static final int PARTITIONS = 4;

    private final TestKafka server;

    KafkaTarget(TestKafka server) {
        this.server = server;
    }

    TestKafka server() {
        return server;
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void createTopic(String topic) {
        server.createTopic(topic, PARTITIONS);
    }

    @Override
    public Connector connector() {
        return connector(Map.of());
    }

    Connector connector(Map<String, Object> more) {
        Map<String, Object> values = new HashMap<>(Map.of(
                "bootstrap-servers", List.of(server.address()), "poll-interval", "500ms", "request-timeout", "3s"));
        values.putAll(more);
        return new KafkaType().open(new Settings("skein.connectors.k", values));
    }

    @Override
    public List<List<Stored>> stored(String topic) {
        Map<String, Object> properties = Map.of("bootstrap.servers", server.address(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, List<Stored>> all = new HashMap<>();
            partitions.forEach(partition -> all.put(partition, new ArrayList<>()));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(record -> all.computeIfAbsent(
                                        new TopicPartition(topic, record.partition()), any -> new ArrayList<>())
                                .add(stored(record)));
            }
            return List.copyOf(all.values());
        }
    }

    private static Stored stored(ConsumerRecord<byte[], byte[]> record) {
        return new Stored(
                header(record, "messageId"),
                header(record, "tag"),
                new String(record.value(), StandardCharsets.UTF_8),
                header(record, "p"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public String address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
    }
}
