package dev.skein.connectors.kafka;

import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.api.SourceRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives messages to the listener. One that is to come later comes again from memory after a delay that grows; what
 * follows goes on meanwhile, and the committed offset stays before it.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final long FIRST_DELAY_MS = 1000;
    private static final int LAST_STEP = 6;

    private final SourceListener listener;
    private final KafkaSource source;

    Deliveries(SourceListener listener, KafkaSource source) {
        this.listener = listener;
        this.source = source;
    }

    void give(ConsumerRecord<byte[], byte[]> record, Assigned partition) {
        partition.given(record.offset());
        give(Headers.record(record), record.offset(), partition, 0);
    }

    private void give(SourceRecord message, long offset, Assigned partition, int times) {
        if (source.isClosed() || partition.isGone()) {
            return;
        }
        AtomicBoolean told = new AtomicBoolean();
        SourceListener.Acknowledgement acknowledgement = new SourceListener.Acknowledgement() {
            @Override
            public void done() {
                if (told.compareAndSet(false, true)) {
                    partition.done(offset);
                }
            }

            @Override
            public void later() {
                if (told.compareAndSet(false, true)) {
                    again(message, offset, partition, times);
                }
            }
        };
        try {
            listener.received(message, acknowledgement);
        } catch (RuntimeException e) {
            LOG.warn("Message {} of Kafka fails in the rule, comes again", message.id(), e);
            acknowledgement.later();
        }
    }

    private void again(SourceRecord message, long offset, Assigned partition, int times) {
        long delay = FIRST_DELAY_MS << Math.min(times, LAST_STEP);
        CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS).execute(() -> {
            if (source.isPaused() && !source.isClosed()) {
                again(message, offset, partition, 0);
            } else {
                give(message, offset, partition, times + 1);
            }
        });
    }
}
