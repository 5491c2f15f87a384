package dev.skein.node.trace;

import dev.skein.node.observe.DropReason;
import dev.skein.node.observe.MessageObserver.Receiver;
import dev.skein.persistence.trace.TraceBatch;
import dev.skein.persistence.trace.TraceStep;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Writes the records of one instance. Thread-safe; on an event loop without a lock and without an allocation. */
final class Recorder {
    private final String instance;
    private final Chosen chosen;
    private final TraceLanes lanes;
    private final InstantSource clock;

    Recorder(String instance, Chosen chosen, TraceLanes lanes, InstantSource clock) {
        this.instance = instance;
        this.chosen = chosen;
        this.lanes = lanes;
        this.clock = clock;
    }

    /** Of which clients there are records. */
    Chosen chosen() {
        return chosen;
    }

    /** A step of a message as such; its client is its publisher. */
    void message(TraceStep step, Message message, String detail, int count) {
        TraceLane lane = lanes.mine();
        if (lane == null) {
            lanes.elsewhere(batch -> message(batch, step, message, detail, count));
            return;
        }
        TraceBatch batch = lane.open();
        if (batch != null) {
            message(batch, step, message, detail, count);
        }
    }

    private void message(TraceBatch batch, TraceStep step, Message message, String detail, int count) {
        begin(batch, step, message.origin().clientId())
                .message(message.id(), message.qos())
                .where(message.topic().value())
                .detail(detail)
                .count(count)
                .end();
    }

    /** A message has another identity now. */
    void stored(MessageId received, Message message, int receivers) {
        with(batch -> begin(batch, TraceStep.STORED, message.origin().clientId())
                .message(message.id(), message.qos())
                .received(received)
                .where(message.topic().value())
                .count(receivers)
                .end());
    }

    /** A step on the way to one receiver; false when there is no room for it. */
    boolean receiver(TraceStep step, MessageId id, TopicName topic, int qos, Receiver receiver, String detail) {
        TraceLane lane = lanes.mine();
        if (lane == null) {
            lanes.elsewhere(batch -> receiver(batch, step, id, topic, qos, receiver, detail));
            return true;
        }
        TraceBatch batch = lane.open();
        if (batch != null) {
            receiver(batch, step, id, topic, qos, receiver, detail);
        }
        return batch != null;
    }

    private void receiver(
            TraceBatch batch,
            TraceStep step,
            MessageId id,
            TopicName topic,
            int qos,
            Receiver receiver,
            String detail) {
        begin(batch, step, receiver.clientId())
                .message(id, qos)
                .channel(receiver.connectionId())
                .where(topic.value())
                .detail(detail)
                .end();
    }

    /** What a client has published was not taken. */
    void refused(String clientId, String topic, int qos, DropReason why) {
        with(batch -> begin(batch, TraceStep.DROPPED, clientId)
                .qos(qos)
                .where(topic)
                .detail(why.label())
                .end());
    }

    /** A rule's target has answered. */
    void rule(TraceStep step, MessageId id, String topic, String clientId, String detail) {
        with(batch -> begin(batch, step, clientId)
                .message(id, 0)
                .where(topic)
                .detail(detail)
                .end());
    }

    /** A step of a connection; {@code connectionId} is 0 for none. */
    void presence(TraceStep step, String clientId, long connectionId, String address, String detail) {
        with(batch -> {
            TraceBatch begun = begin(batch, step, clientId);
            (connectionId == 0 ? begun : begun.channel(connectionId))
                    .where(address)
                    .detail(detail)
                    .end();
        });
    }

    private void with(Consumer<TraceBatch> record) {
        TraceLane lane = lanes.mine();
        if (lane == null) {
            lanes.elsewhere(record);
            return;
        }
        TraceBatch batch = lane.open();
        if (batch != null) {
            record.accept(batch);
        }
    }

    private TraceBatch begin(TraceBatch batch, TraceStep step, String clientId) {
        return batch.begin(step, clock.millis(), instance, clientId);
    }
}
