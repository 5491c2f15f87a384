package dev.skein.connectors.kafka;

import dev.skein.connectors.api.SourceListener;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of one consumer, on one thread. */
final class Polling implements ConsumerRebalanceListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Polling.class);
    private static final Duration TURN = Duration.ofMillis(50);

    private final ClientSettings client;
    private final SourceSettings settings;
    private final KafkaSource source;
    private final Consumer<byte[], byte[]> consumer;
    private final Deliveries deliveries;
    private final Map<TopicPartition, Assigned> assigned = new HashMap<>();
    private final Set<TopicPartition> held = new HashSet<>();
    private long lastCommit = System.nanoTime();

    Polling(ClientSettings client, SourceSettings settings, SourceListener listener, KafkaSource source) {
        this.client = client;
        this.settings = settings;
        this.source = source;
        deliveries = new Deliveries(listener, source);
        consumer = new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(client.common());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // "now" is when the source was opened, not when the partition is first seen: see start().
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, settings.fromFirst() ? "earliest" : "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(settings.inFlight(), 500));
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int)
                client.timeout().toMillis());
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1000);
        return properties;
    }

    /** Until the source is closed, or an error that only a new consumer gets over. */
    void run() {
        consumer.subscribe(Set.of(settings.topic()), this);
        while (!source.isClosed()) {
            holdBack();
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(TURN)) {
                    Assigned partition = assigned.get(new TopicPartition(record.topic(), record.partition()));
                    if (partition != null) {
                        deliveries.give(record, partition);
                    }
                }
                source.polling(Optional.empty());
            } catch (NoOffsetForPartitionException e) {
                start(e.partitions());
            } catch (OffsetOutOfRangeException e) {
                LOG.warn(
                        "Kafka topic {}: messages from {} on are gone, goes on with the oldest",
                        settings.topic(),
                        e.offsetOutOfRangePartitions());
                consumer.seekToBeginning(e.offsetOutOfRangePartitions().keySet());
            }
            if (System.nanoTime() - lastCommit > client.poll().toNanos()) {
                commit(assigned.keySet());
            }
        }
    }

    /** Takes no more of a partition while too much of it is open, and of none while the source is paused. */
    private void holdBack() {
        assigned.forEach((partition, state) -> {
            boolean hold = source.isPaused()
                    || state.open() >= settings.inFlight()
                    || (state.open() > settings.inFlight() / 2 && held.contains(partition));
            if (hold && held.add(partition)) {
                consumer.pause(Set.of(partition));
            } else if (!hold && held.remove(partition)) {
                consumer.resume(Set.of(partition));
            }
        });
    }

    /** The group is new to these partitions: goes on with what came since the source was opened. */
    private void start(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> since = new HashMap<>();
        partitions.forEach(partition -> since.put(partition, settings.since()));
        // The ends first: a message that comes between the two questions is found by the second.
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(since);
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp first = found.get(partition);
            long position = first == null ? ends.getOrDefault(partition, 0L) : first.offset();
            consumer.seek(partition, position);
            positions.put(partition, new OffsetAndMetadata(position));
        }
        consumer.commitSync(positions); // so that the next consumer of the group does not begin with its own now
    }

    private void commit(Collection<TopicPartition> partitions) {
        lastCommit = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Assigned state = assigned.get(partition);
            long position = state == null ? -1 : state.toCommit();
            if (position >= 0) {
                positions.put(partition, new OffsetAndMetadata(position));
            }
        }
        if (positions.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(positions, client.timeout());
            positions.forEach((partition, position) -> {
                Assigned state = assigned.get(partition);
                if (state != null) {
                    state.committed(position.offset());
                }
            });
        } catch (KafkaException e) {
            LOG.debug("Offsets of Kafka topic {} are not committed, tried again", settings.topic(), e);
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> assigned.put(partition, new Assigned()));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit(partitions);
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            Assigned state = assigned.remove(partition);
            held.remove(partition);
            if (state != null) {
                state.end();
            }
        }
    }

    @Override
    public void close() {
        try {
            commit(Set.copyOf(assigned.keySet()));
        } finally {
            assigned.values().forEach(Assigned::end);
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(client.timeout()));
        }
    }
}
