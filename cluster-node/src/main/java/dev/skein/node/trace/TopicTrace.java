package dev.skein.node.trace;

import dev.skein.node.observe.DropReason;
import dev.skein.node.observe.MessageObserver;
import dev.skein.persistence.trace.TraceStep;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;

/** Records what becomes of messages of one instance. Any thread. */
final class TopicTrace implements MessageObserver {
    private static final String AGAIN = "again";

    private final Recorder recorder;

    TopicTrace(Recorder recorder) {
        this.recorder = recorder;
    }

    private boolean concerns(Message message) {
        Chosen chosen = recorder.chosen();
        if (chosen.hasAll() || chosen.has(message.origin().clientId())) {
            return true;
        }
        String target = message.topic().p2pTarget();
        return target != null && chosen.has(target);
    }

    @Override
    public void received(Message message) {
        if (concerns(message)) {
            boolean ofClient = !message.origin().clientId().isEmpty();
            recorder.message(
                    TraceStep.RECEIVED,
                    message,
                    ofClient ? Origin.MQTT : message.origin().toString(),
                    1);
        }
    }

    @Override
    public void repeated(int bytes) {
        // Nothing comes of it.
    }

    @Override
    public void refused(Origin origin, String topic, int qos, int bytes, DropReason why) {
        if (recorder.chosen().has(origin.clientId())) {
            recorder.refused(origin.clientId(), topic, qos, why);
        }
    }

    @Override
    public void stored(MessageId received, Message message, int receivers) {
        if (concerns(message)) {
            recorder.stored(received, message, receivers);
        }
    }

    @Override
    public boolean delivered(Message message, int qos, boolean again, Receiver receiver) {
        if (!recorder.chosen().has(receiver.clientId())) {
            return false;
        }
        boolean away = receiver.isPersistent()
                && message.id().writer() >= 0 // of a store
                && message.id().millis() < receiver.connectedAt();
        TraceStep step = away ? TraceStep.PUSHED_OFFLINE : TraceStep.PUSHED;
        boolean recorded = recorder.receiver(step, message.id(), message.topic(), qos, receiver, again ? AGAIN : "");
        return recorded && qos > 0;
    }

    @Override
    public void acknowledged(MessageId id, TopicName topic, int qos, Receiver receiver) {
        recorder.receiver(TraceStep.ACKNOWLEDGED, id, topic, qos, receiver, "");
    }

    @Override
    public void dropped(Message message, DropReason why, int deliveries) {
        if (concerns(message)) {
            recorder.message(step(why), message, why.label(), deliveries);
        }
    }

    @Override
    public void givenUp(Message message, Receiver receiver) {
        dropped(message, DropReason.CLOSED, receiver);
    }

    @Override
    public void dropped(Message message, DropReason why, Receiver receiver) {
        if (recorder.chosen().has(receiver.clientId())) {
            recorder.receiver(step(why), message.id(), message.topic(), message.qos(), receiver, why.label());
        }
    }

    private static TraceStep step(DropReason why) {
        return why == DropReason.EXPIRED ? TraceStep.EXPIRED : TraceStep.DROPPED;
    }
}
