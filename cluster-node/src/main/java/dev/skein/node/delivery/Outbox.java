package dev.skein.node.delivery;

import dev.skein.node.route.Subscriber;
import dev.skein.node.session.FlowSettings;
import dev.skein.protocol.message.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Messages that an event loop has for the attachments of one, and tasks behind them: filled during one round and handed
 * over whole, so that a thread is crossed once for a batch.
 */
final class Outbox {
    private static final int FIRST = 16;

    private final UnderWay underWay;
    private @Nullable Message[] messages = new Message[FIRST];
    private Subscriber[][] targets = new Subscriber[FIRST][];
    private byte[][] qos = new byte[FIRST][];
    private int size;
    private long bytes;
    /** Bytes to be written: those of a message once for each attachment that gets it. */
    private long work;

    private @Nullable List<Runnable> tasks;
    /** What is delivered next. */
    private int message;

    private int target;
    private long written;

    /** Empty; {@code underWay} is that of the loop that it is for. */
    Outbox(UnderWay underWay) {
        this.underWay = underWay;
    }

    void add(Message added, Subscriber[] to, byte[] grantedQos) {
        if (size == messages.length) {
            messages = Arrays.copyOf(messages, size * 2);
            targets = Arrays.copyOf(targets, size * 2);
            qos = Arrays.copyOf(qos, size * 2);
        }
        messages[size] = added;
        targets[size] = to;
        qos[size] = grantedQos;
        size++;
        long weight = weight(added);
        bytes += weight;
        work += weight * to.length;
    }

    /** Runs {@code task} when what was added before is delivered. */
    void add(Runnable task) {
        if (tasks == null) {
            tasks = new ArrayList<>();
        }
        tasks.add(task);
    }

    private static long weight(Message message) {
        return (long) message.bytes() + FlowSettings.MESSAGE_BYTES;
    }

    /** Whether it is handed over before the end of the round. */
    boolean isLarge() {
        return work > Inbox.SLICE;
    }

    /** Gives it to its loop; nothing is added any more. */
    void handOver(Inbox to) {
        underWay.handed(bytes, work);
        to.put(this);
    }

    /**
     * Delivers some of it, or all, and then runs the tasks; on the receiving event loop. What throws is not tried
     * again.
     *
     * @param room bytes that may be written, about
     * @return what is left of it
     */
    long deliver(long room) {
        long before = written;
        try {
            while (message < size && written - before < room) {
                deliverNext();
            }
        } finally {
            underWay.written(written - before);
            if (isDelivered()) {
                underWay.delivered(bytes);
            }
        }
        if (isDelivered() && tasks != null) {
            tasks.forEach(Runnable::run);
        }
        return room - (written - before);
    }

    private void deliverNext() {
        Message next = Objects.requireNonNull(messages[message]);
        Subscriber[] to = targets[message];
        byte[] granted = qos[message];
        int at = target++;
        if (target == to.length) {
            message++;
            target = 0;
        }
        written += weight(next); // whatever comes of it
        to[at].deliver(next, Math.min(next.qos(), granted[at])); // [MQTT-3.8.4-6]
    }

    /** Whether all of it was delivered. */
    boolean isDelivered() {
        return message == size;
    }

    /** Delivers one message at once. */
    static void deliver(Message message, Subscriber[] to, byte[] grantedQos) {
        int published = message.qos();
        for (int i = 0; i < to.length; i++) {
            to[i].deliver(message, Math.min(published, grantedQos[i])); // [MQTT-3.8.4-6]
        }
    }
}
