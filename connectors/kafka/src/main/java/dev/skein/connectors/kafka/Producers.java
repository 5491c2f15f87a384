package dev.skein.connectors.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The producer of a connector; a new one when the old one is of no further use. Thread-safe. */
final class Producers implements AutoCloseable {
    private final ClientSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Producer<byte[], byte[]> current;
    private boolean closed;

    Producers(ClientSettings settings) {
        this.settings = settings;
    }

    /** @throws KafkaException when none can be made */
    Producer<byte[], byte[]> get() {
        lock.lock();
        try {
            if (closed) {
                throw new KafkaException("the connector is closed");
            }
            if (current == null) {
                current = OwnLoader.make(
                        () -> new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer()));
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Object> properties() {
        int timeout = (int) settings.timeout().toMillis();
        int linger = 2;
        Map<String, Object> properties = new HashMap<>(settings.common());
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true); // keeps the order over its own retries
        properties.put(ProducerConfig.LINGER_MS_CONFIG, linger);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        properties.put(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Math.max(settings.waitingBytes(), settings.messageBytes()) + (1L << 20));
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.messageBytes());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * timeout + linger);
        return properties;
    }

    String addresses() {
        return settings.addresses();
    }

    /** Ends a producer. The next {@link #get} makes another. */
    void end(Producer<byte[], byte[]> broken) {
        lock.lock();
        try {
            if (current != broken) {
                return;
            }
            current = null;
        } finally {
            lock.unlock();
        }
        broken.close(Duration.ZERO);
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> last;
        lock.lock();
        try {
            closed = true;
            last = current;
            current = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close(Duration.ZERO);
        }
    }
}
