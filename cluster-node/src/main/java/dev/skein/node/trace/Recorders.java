package dev.skein.node.trace;

import dev.skein.node.observe.MessageObserver;
import dev.skein.node.observe.Observers;
import dev.skein.node.observe.PresenceObserver;
import dev.skein.node.observe.RuleObserver;
import dev.skein.persistence.trace.TraceStep;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Reason;
import io.netty.util.NetUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the observers of the instances that are recorded; those of others cost nothing. Thread-safe. */
final class Recorders implements Observers.Source {
    private final Map<String, Recorder> byInstance;

    Recorders(Map<String, Recorder> byInstance) {
        this.byInstance = Map.copyOf(byInstance);
    }

    @Override
    public @Nullable MessageObserver topic(String instance, String parentTopic) {
        Recorder recorder = byInstance.get(instance);
        return recorder == null ? null : new TopicTrace(recorder);
    }

    @Override
    public @Nullable PresenceObserver presence(String listener) {
        return byInstance.isEmpty() ? null : new PresenceTrace(byInstance);
    }

    @Override
    public @Nullable RuleObserver rule(String instance, String rule) {
        Recorder recorder = byInstance.get(instance);
        return recorder == null ? null : new RuleTrace(recorder, rule);
    }

    private record RuleTrace(Recorder recorder, String rule) implements RuleObserver {
        @Override
        public void answered(String id, String topic, String clientId, String refused) {
            if (recorder.chosen().has(clientId) && id.length() == MessageId.TEXT_LENGTH) {
                boolean taken = refused.isEmpty();
                recorder.rule(
                        taken ? TraceStep.RULE_SENT : TraceStep.RULE_REFUSED,
                        MessageId.parse(id),
                        topic,
                        clientId,
                        taken ? rule : rule + ": " + refused);
            }
        }
    }

    private record PresenceTrace(Map<String, Recorder> byInstance) implements PresenceObserver {
        private @Nullable Recorder of(String instance, String clientId) {
            Recorder recorder = byInstance.get(instance);
            return recorder == null || !recorder.chosen().has(clientId) ? null : recorder;
        }

        @Override
        public void attached(Client client) {
            Recorder recorder = of(client.instance(), client.clientId());
            if (recorder != null) {
                recorder.presence(
                        TraceStep.CONNECT,
                        client.clientId(),
                        client.connectionId(),
                        NetUtil.toSocketAddressString(client.address()),
                        client.protocol());
            }
        }

        @Override
        public void detached(Client client, Reason reason) {
            detached(client, reason, "");
        }

        @Override
        public void detached(Client client, Reason reason, String detail) {
            Recorder recorder = of(client.instance(), client.clientId());
            if (recorder != null) {
                boolean said = reason == Reason.CLIENT_DISCONNECT || reason == Reason.CLIENT_DISCONNECT_WITH_WILL;
                recorder.presence(
                        said ? TraceStep.DISCONNECT : TraceStep.CLOSE,
                        client.clientId(),
                        client.connectionId(),
                        NetUtil.toSocketAddressString(client.address()),
                        text(reason, detail));
            }
        }

        @Override
        public void refused(Reason reason) {
            // Without a client ID nobody would find it.
        }

        @Override
        public void refused(Attempt attempt, Reason reason, String detail) {
            Recorder recorder = attempt.clientId().isEmpty() ? null : of(attempt.instance(), attempt.clientId());
            if (recorder != null) {
                recorder.presence(
                        TraceStep.CLOSE,
                        attempt.clientId(),
                        0,
                        NetUtil.toSocketAddressString(attempt.address()),
                        text(reason, detail));
            }
        }

        @Override
        public void malformed(Reason reason) {
            // Its connection ends.
        }

        private static String text(Reason reason, String detail) {
            return detail.isEmpty() ? reason.text() : reason.text() + ": " + detail;
        }
    }
}
