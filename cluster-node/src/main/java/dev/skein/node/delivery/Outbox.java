package dev.skein.node.delivery;

import dev.skein.node.route.Subscriber;
import dev.skein.node.session.FlowSettings;
import dev.skein.protocol.message.Message;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Messages that one event loop has for another: filled during one round of the loop and handed over whole, so that a
 * thread is crossed once for a batch.
 */
final class Outbox implements Runnable {
    private static final int FIRST = 16;
    /** Bytes above which it is handed over before the end of the round. */
    private static final long CHUNK = 1024 * 1024;

    private final UnderWay underWay;
    private @Nullable Message[] messages = new Message[FIRST];
    private Subscriber[][] targets = new Subscriber[FIRST][];
    private byte[][] qos = new byte[FIRST][];
    private int size;
    private long bytes;
    private long acknowledgedBytes;

    /** Empty; {@code underWay} is that of the loop that it is for. */
    Outbox(UnderWay underWay) {
        this.underWay = underWay;
    }

    void add(Message message, Subscriber[] to, byte[] grantedQos) {
        if (size == messages.length) {
            messages = Arrays.copyOf(messages, size * 2);
            targets = Arrays.copyOf(targets, size * 2);
            qos = Arrays.copyOf(qos, size * 2);
        }
        messages[size] = message;
        targets[size] = to;
        qos[size] = grantedQos;
        size++;
        int weight = message.bytes() + FlowSettings.MESSAGE_BYTES;
        bytes += weight;
        acknowledgedBytes += message.qos() > 0 ? weight : 0;
    }

    boolean isLarge() {
        return bytes > CHUNK;
    }

    /** Gives it to its loop; nothing is added any more. */
    void handOver(Executor loop) {
        underWay.handed(bytes, acknowledgedBytes);
        loop.execute(this);
    }

    /** Delivers everything; runs once, on the receiving event loop. */
    @Override
    public void run() {
        try {
            for (int i = 0; i < size; i++) {
                Message message = messages[i];
                if (message != null) {
                    deliver(message, targets[i], qos[i]);
                }
            }
        } finally {
            underWay.delivered(bytes, acknowledgedBytes);
        }
    }

    static void deliver(Message message, Subscriber[] to, byte[] grantedQos) {
        int published = message.qos();
        for (int i = 0; i < to.length; i++) {
            to[i].deliver(message, Math.min(published, grantedQos[i])); // [MQTT-3.8.4-6]
        }
    }
}
