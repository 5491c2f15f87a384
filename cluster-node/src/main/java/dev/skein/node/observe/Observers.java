package dev.skein.node.observe;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who hears of messages and clients on this node: its metrics, and whatever else was given at start. Thread-safe.
 *
 * <p>Paths that every message takes ask once for a topic's observer and keep it: with metrics alone it is the counters
 * themselves.
 */
public final class Observers {
    private final NodeMetrics metrics;
    private final List<Source> sources;

    /** Makes observers beside metrics. */
    public interface Source {
        /** Who hears of the messages of a parent topic, or null: nobody. */
        @Nullable
        MessageObserver topic(String instance, String parentTopic);

        /** Who hears of the clients of a listener, or null: nobody. */
        default @Nullable PresenceObserver presence(String listener) {
            return null;
        }

        /** Who hears what the target of a rule does with its messages, or null: nobody. */
        default @Nullable RuleObserver rule(String instance, String rule) {
            return null;
        }
    }

    /** Metrics, then {@code sources} in their order. */
    public Observers(NodeMetrics metrics, List<Source> sources) {
        this.metrics = metrics;
        this.sources = List.copyOf(sources);
    }

    /**
     * Who hears of the messages of a parent topic.
     *
     * @param parentTopic first level; empty for topics that begin with {@code /}
     */
    public MessageObserver topic(String instance, String parentTopic) {
        TopicMetrics counters = metrics.topic(instance, parentTopic);
        if (sources.isEmpty()) {
            return counters;
        }
        List<MessageObserver> all = new ArrayList<>(List.of(counters));
        for (Source source : sources) {
            MessageObserver observer = source.topic(instance, parentTopic);
            if (observer != null) {
                all.add(observer);
            }
        }
        return all.size() == 1 ? counters : new Each(all.toArray(MessageObserver[]::new));
    }

    /** Who hears of the clients of a listener. */
    public PresenceObserver presence(String listener) {
        PresenceObserver counters = metrics.connections(listener);
        List<PresenceObserver> all = new ArrayList<>(List.of(counters));
        for (Source source : sources) {
            PresenceObserver observer = source.presence(listener);
            if (observer != null) {
                all.add(observer);
            }
        }
        return all.size() == 1 ? counters : new EachPresence(List.copyOf(all));
    }

    /** Who hears what the target of a rule does with its messages: one of the sources at the most. */
    public RuleObserver rule(String instance, String rule) {
        return sources.stream()
                .map(source -> source.rule(instance, rule))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(RuleObserver.NOBODY);
    }

    private record EachPresence(List<PresenceObserver> all) implements PresenceObserver {
        @Override
        public void attached(Client client) {
            all.forEach(each -> each.attached(client));
        }

        @Override
        public void detached(Client client, Reason reason) {
            all.forEach(each -> each.detached(client, reason));
        }

        @Override
        public void detached(Client client, Reason reason, String detail) {
            all.forEach(each -> each.detached(client, reason, detail));
        }

        @Override
        public void refused(Reason reason) {
            all.forEach(each -> each.refused(reason));
        }

        @Override
        public void refused(Attempt attempt, Reason reason, String detail) {
            all.forEach(each -> each.refused(attempt, reason, detail));
        }

        @Override
        public void malformed(Reason reason) {
            all.forEach(each -> each.malformed(reason));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Each(MessageObserver[] all) implements MessageObserver {
        @Override
        public void received(Message message) {
            for (MessageObserver each : all) {
                each.received(message);
            }
        }

        @Override
        public void repeated(int bytes) {
            for (MessageObserver each : all) {
                each.repeated(bytes);
            }
        }

        @Override
        public void refused(Origin origin, String topic, int qos, int bytes, DropReason why) {
            for (MessageObserver each : all) {
                each.refused(origin, topic, qos, bytes, why);
            }
        }

        @Override
        public void stored(MessageId received, Message message, int receivers) {
            for (MessageObserver each : all) {
                each.stored(received, message, receivers);
            }
        }

        @Override
        public boolean delivered(Message message, int qos, boolean again, Receiver receiver) {
            boolean wanted = false;
            for (MessageObserver each : all) {
                wanted |= each.delivered(message, qos, again, receiver);
            }
            return wanted;
        }

        @Override
        public void acknowledged(MessageId id, TopicName topic, int qos, Receiver receiver) {
            for (MessageObserver each : all) {
                each.acknowledged(id, topic, qos, receiver);
            }
        }

        @Override
        public void givenUp(Message message, Receiver receiver) {
            for (MessageObserver each : all) {
                each.givenUp(message, receiver);
            }
        }

        @Override
        public void dropped(Message message, DropReason why, Receiver receiver) {
            for (MessageObserver each : all) {
                each.dropped(message, why, receiver);
            }
        }

        @Override
        public void dropped(Message message, DropReason why, int deliveries) {
            for (MessageObserver each : all) {
                each.dropped(message, why, deliveries);
            }
        }
    }
}
