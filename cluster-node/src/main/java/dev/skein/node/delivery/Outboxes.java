package dev.skein.node.delivery;

import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop has for the others, and for itself while its own {@link Inbox} has something: it leaves at the
 * end of a round, or before when it is much.
 */
final class Outboxes {
    private final Delivery delivery;
    private final @Nullable Outbox[] filling;

    Outboxes(Delivery delivery, int loops) {
        this.delivery = delivery;
        this.filling = new Outbox[loops];
    }

    /** Whether there is nothing for loop {@code to}. */
    boolean isEmpty(int to) {
        return filling[to] == null;
    }

    /** Puts a message for live attachments of loop {@code to}; one of QoS 0 is dropped when that loop is behind. */
    void add(int to, Message message, Subscriber[] subscribers, byte[] grantedQos) {
        LoopContext loop = delivery.loops().get(to);
        if (message.qos() == 0 && loop.underWay().isFull()) {
            delivery.observers()
                    .topic(message.instance(), message.topic().parent())
                    .dropped(message, DropReason.QUEUE_FULL, subscribers.length);
            return;
        }
        Outbox outbox = filling(to, loop);
        outbox.add(message, subscribers, grantedQos);
        if (outbox.isLarge()) {
            filling[to] = null;
            outbox.handOver(loop.inbox());
        }
    }

    /** Puts a task for loop {@code to}, behind the messages that were put before. */
    void add(int to, Runnable task) {
        filling(to, delivery.loops().get(to)).add(task);
    }

    private Outbox filling(int to, LoopContext loop) {
        Outbox outbox = filling[to];
        if (outbox == null) {
            outbox = new Outbox(loop.underWay());
            filling[to] = outbox;
        }
        return outbox;
    }

    /** Hands everything over. */
    void handOver() {
        for (int to = 0; to < filling.length; to++) {
            Outbox full = filling[to];
            if (full != null) {
                filling[to] = null;
                full.handOver(delivery.loops().get(to).inbox());
            }
        }
    }
}
