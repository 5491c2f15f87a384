package dev.skein.node.delivery;

import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one event loop has for the others; it leaves at the end of a round, or before when it is much. */
final class Outboxes {
    private final Delivery delivery;
    private final @Nullable Outbox[] messages;
    private final List<List<Runnable>> tasks = new ArrayList<>();

    Outboxes(Delivery delivery, int loops) {
        this.delivery = delivery;
        this.messages = new Outbox[loops];
        for (int i = 0; i < loops; i++) {
            tasks.add(new ArrayList<>());
        }
    }

    /** Puts a message for live attachments of loop {@code to}; one of QoS 0 is dropped when that loop is behind. */
    void add(int to, Message message, Subscriber[] subscribers, byte[] grantedQos) {
        UnderWay before = delivery.loops().get(to).underWay();
        if (message.qos() == 0 && before.isFull()) {
            delivery.observers()
                    .topic(message.instance(), message.topic().parent())
                    .dropped(message, DropReason.QUEUE_FULL, subscribers.length);
            return;
        }
        Outbox outbox = messages[to];
        if (outbox == null) {
            outbox = new Outbox(before);
            messages[to] = outbox;
        }
        outbox.add(message, subscribers, grantedQos);
        if (outbox.isLarge()) {
            messages[to] = null;
            outbox.handOver(delivery.loops().get(to)::execute);
        }
    }

    /** Puts a task for loop {@code to}. */
    void add(int to, Runnable task) {
        tasks.get(to).add(task);
    }

    /** Hands everything over: messages first, then what was to come behind them. */
    void handOver() {
        for (int i = 0; i < messages.length; i++) {
            Outbox full = messages[i];
            if (full != null) {
                messages[i] = null;
                full.handOver(delivery.loops().get(i)::execute);
            }
            List<Runnable> todo = tasks.get(i);
            if (!todo.isEmpty()) {
                tasks.set(i, new ArrayList<>());
                delivery.loops().get(i).execute(() -> todo.forEach(Runnable::run));
            }
        }
    }
}
