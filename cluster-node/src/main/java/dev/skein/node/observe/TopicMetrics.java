package dev.skein.node.observe;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;

/**
 * Counters of one parent topic of one instance. Obtained once and kept; every method is one or two increments without a
 * lock and, after the first of its kind, without an allocation. Any thread.
 */
public final class TopicMetrics implements MessageObserver {
    private static final int QOS_LEVELS = 3;
    private static final DropReason[] REASONS = DropReason.values();
    /** Shown from the start: an increase from nothing is none to a monitoring system. */
    private static final List<DropReason> LOSSES = List.of(
            DropReason.QUEUE_FULL, DropReason.SESSION_QUEUE_FULL, DropReason.INSTANCE_STORE_FULL, DropReason.EXPIRED);

    private final Series received;
    private final Series receivedBytes;
    private final Series delivered;
    private final Series dropped;

    TopicMetrics(BiFunction<MetricName, String, LongAdder> register) {
        received = new Series(MetricName.MESSAGES_RECEIVED, QOS_LEVELS, register);
        receivedBytes = new Series(MetricName.MESSAGES_RECEIVED_BYTES, 1, register);
        delivered = new Series(MetricName.DELIVERIES, QOS_LEVELS, register);
        dropped = new Series(MetricName.DELIVERIES_DROPPED, REASONS.length, register);
        LOSSES.forEach(reason -> dropped.at(index(reason)));
    }

    /**
     * A PUBLISH arrived.
     *
     * @param qos 0..2
     * @param bytes length of its body
     */
    public void received(int qos, int bytes) {
        received.at(qos).increment();
        receivedBytes.at(0).add(bytes);
    }

    /**
     * A message was written to one subscriber for the first time.
     *
     * @param qos of the delivery, 0..2
     */
    public void delivered(int qos) {
        delivered.at(qos).increment();
    }

    /** Messages were written to {@code count} subscribers. */
    public void delivered(int qos, long count) {
        delivered.at(qos).add(count);
    }

    /** A delivery, or a message, came to nothing. */
    public void dropped(DropReason reason) {
        dropped.at(index(reason)).increment();
    }

    /** {@code count} deliveries came to nothing. */
    public void dropped(DropReason reason, long count) {
        dropped.at(index(reason)).add(count);
    }

    @Override
    public void received(Message message) {
        received(message.qos(), message.content().bytes());
    }

    @Override
    public void repeated(int bytes) {
        received(2, bytes);
    }

    @Override
    public void refused(Origin origin, String topic, int qos, int bytes, DropReason why) {
        received(qos, bytes);
        dropped(why);
    }

    @Override
    public void stored(MessageId received, Message message, int receivers) {} // the store counts its own

    @Override
    public boolean delivered(Message message, int qos, boolean again, Receiver receiver) {
        delivered(qos);
        return false;
    }

    @Override
    public void dropped(Message message, DropReason why, int deliveries) {
        dropped(why, deliveries);
    }

    @SuppressWarnings("EnumOrdinal") // an index into an array of this process, made from values()
    private static int index(DropReason reason) {
        return reason.ordinal();
    }

    /** Adds what was counted here to {@code other}: the sum over all parent topics must not shrink. */
    void foldInto(TopicMetrics other) {
        received.foldInto(other.received);
        receivedBytes.foldInto(other.receivedBytes);
        delivered.foldInto(other.delivered);
        dropped.foldInto(other.dropped);
    }

    /** Counters of one name that differ in one label, made when first needed: most reasons never come. */
    private static final class Series {
        private final MetricName name;
        private final AtomicReferenceArray<LongAdder> adders;
        private final BiFunction<MetricName, String, LongAdder> register;

        Series(MetricName name, int size, BiFunction<MetricName, String, LongAdder> register) {
            this.name = name;
            this.adders = new AtomicReferenceArray<>(size);
            this.register = register;
        }

        LongAdder at(int index) {
            LongAdder adder = adders.getAcquire(index);
            return adder == null ? make(index) : adder;
        }

        private synchronized LongAdder make(int index) {
            LongAdder present = adders.get(index);
            if (present != null) {
                return present;
            }
            LongAdder made = register.apply(name, label(index));
            adders.setRelease(index, made);
            return made;
        }

        private String label(int index) {
            return name == MetricName.DELIVERIES_DROPPED ? REASONS[index].label() : Integer.toString(index);
        }

        void foldInto(Series other) {
            for (int i = 0; i < adders.length(); i++) {
                LongAdder adder = adders.get(i);
                if (adder != null) {
                    other.at(i).add(adder.sumThenReset());
                }
            }
        }
    }
}
