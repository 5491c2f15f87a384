package dev.skein.node.edge.mqtt;

import dev.skein.node.route.Message;
import dev.skein.node.route.Subscriber;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages that one event loop has for another: filled during one round of the loop and handed over whole, so that a
 * thread is crossed once for a batch.
 */
final class Outbox implements Runnable {
    private static final int FIRST = 16;

    private @Nullable Message[] messages = new Message[FIRST];
    private Subscriber[][] targets = new Subscriber[FIRST][];
    private byte[][] qos = new byte[FIRST][];
    private int size;

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
        if (counted(message, to)) {
            to[0].underway();
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Delivers everything; runs once, on the receiving event loop. */
    @Override
    public void run() {
        for (int i = 0; i < size; i++) {
            Message message = messages[i];
            if (message != null) {
                if (counted(message, targets[i])) {
                    targets[i][0].arrived();
                }
                deliver(message, targets[i], qos[i]);
            }
        }
    }

    /** A receiver that is alone with a message may hold its publishers back, so what is underway to it is counted. */
    private static boolean counted(Message message, Subscriber[] to) {
        return to.length == 1 && message.qos() > 0;
    }

    static void deliver(Message message, Subscriber[] to, byte[] grantedQos) {
        int published = message.qos();
        for (int i = 0; i < to.length; i++) {
            to[i].deliver(message, Math.min(published, grantedQos[i])); // [MQTT-3.8.4-6]
        }
    }
}
