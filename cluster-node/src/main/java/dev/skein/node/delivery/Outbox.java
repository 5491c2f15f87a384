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
 *
 * <p>Messages in a row that go to the same attachments are a run: each attachment gets all of it before the next one
 * does, since the objects of a thousand attachments do not stay in the processor's caches from one message to the next.
 */
final class Outbox {
    private static final int FIRST = 16;
    /** Bytes to be written at which it goes before the end of the round: several slices, for the sake of long runs. */
    private static final long LARGE = 4 * Inbox.SLICE;

    /** Bytes of a message above which a run is of no use: its body fills the caches by itself. */
    static final int SMALL = 16 * 1024;

    private final UnderWay underWay;
    private @Nullable Message[] messages = new Message[FIRST];
    private Subscriber[][] targets = new Subscriber[FIRST][];
    private byte[][] qos = new byte[FIRST][];
    private int size;
    private long bytes;
    /** Bytes to be written: those of a message once for each attachment that gets it. */
    private long work;

    private long bound = LARGE;

    private @Nullable List<Runnable> tasks;
    private final Next next = new Next();
    private long written;

    /** What is delivered next. */
    private static final class Next {
        /** First message of its run, and the one behind the run. */
        private int run;

        private int runEnd;
        private int message;
        private int target;

        void advance(int receivers) {
            if (++message == runEnd) {
                if (++target == receivers) {
                    target = 0;
                    run = runEnd;
                }
                message = run;
            }
        }
    }

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
        if (weight > SMALL) {
            bound = Inbox.SLICE;
        }
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
        return work > bound;
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
            while (!isDelivered() && written - before < room) {
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
        if (next.run == next.runEnd) {
            next.runEnd = endOfRun(next.run);
        }
        Message message = Objects.requireNonNull(messages[next.message]);
        Subscriber to = targets[next.message][next.target];
        int granted = Math.min(message.qos(), qos[next.message][next.target]); // [MQTT-3.8.4-6]
        next.advance(targets[next.run].length);
        written += weight(message); // whatever comes of it
        to.deliver(message, granted);
    }

    /** A match is made once for all messages of a topic while its routes stay: it is the same arrays. */
    private int endOfRun(int run) {
        int end = run + 1;
        while (end < size && targets[end] == targets[run] && qos[end] == qos[run]) {
            end++;
        }
        return end;
    }

    /** Whether all of it was delivered. */
    boolean isDelivered() {
        return next.run == size;
    }

    /** Delivers one message at once. */
    static void deliver(Message message, Subscriber[] to, byte[] grantedQos) {
        int published = message.qos();
        for (int i = 0; i < to.length; i++) {
            to[i].deliver(message, Math.min(published, grantedQos[i])); // [MQTT-3.8.4-6]
        }
    }
}
