package dev.skein.node.edge.mqtt;

import dev.skein.node.observe.MessageObserver;
import dev.skein.node.observe.Observers;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who hears of the messages of a parent topic; remembers the last, since mostly the next message is of the same.
 * Confined to one event loop.
 */
final class TopicObservers {
    private final Observers all;
    private final String instance;
    private String lastParent = "";
    private MessageObserver last;
    /** By packet identifier; made when an observer wants to hear of acknowledgements. */
    private @Nullable Map<Integer, Awaited> awaited;

    /** What the client has not acknowledged, without its content. */
    private record Awaited(MessageId id, TopicName topic, int qos) {}

    TopicObservers(Observers all, String instance) {
        this.all = all;
        this.instance = instance;
        this.last = all.topic(instance, "");
    }

    MessageObserver of(String parent) {
        if (!parent.equals(lastParent)) {
            last = all.topic(instance, parent);
            lastParent = parent;
        }
        return last;
    }

    /** Observers want to hear of the acknowledgement of that packet. */
    void awaits(int packetId, Message message, int qos) {
        Map<Integer, Awaited> known = awaited;
        if (known == null) {
            known = new HashMap<>();
            awaited = known;
        }
        known.put(packetId, new Awaited(message.id(), message.topic(), qos));
    }

    /** It came. */
    void acknowledged(int packetId, MessageObserver.Receiver receiver) {
        Awaited known = awaited == null ? null : awaited.remove(packetId);
        if (known != null) {
            of(known.topic().parent()).acknowledged(known.id(), known.topic(), known.qos(), receiver);
        }
    }
}
