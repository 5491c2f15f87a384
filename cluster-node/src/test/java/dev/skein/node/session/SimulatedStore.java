package dev.skein.node.session;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The store as one session sees it: commands are committed in their order, in groups, when the simulation says so. Of
 * two writers, the session's own node is one; the other one only appends, by a clock of its own.
 */
final class SimulatedStore {
    static final String TOPIC = "t";

    private static final long OWN_WRITER = 1;
    private static final long OTHER_WRITER = 2;

    private final TreeMap<MessageId, Entry> queue = new TreeMap<>();
    private final List<Integer> released = new ArrayList<>();
    private final ArrayDeque<Command> given = new ArrayDeque<>();
    private final ArrayDeque<Command> givenElsewhere = new ArrayDeque<>();
    private final ArrayDeque<Runnable> listeners = new ArrayDeque<>();
    private final long skew;
    private long sequence;
    private long sequenceElsewhere;

    /** @param skew how far the other writer's clock is ahead, in appends */
    SimulatedStore(long skew) {
        this.skew = skew;
    }

    /** Changes the store; {@code listener} is for after the commit. */
    private record Command(Runnable change, Runnable listener) {}

    private static final class Entry {
        private final int number;
        private final int qos;
        private int sentPacketId;

        private Entry(int number, int qos) {
            this.number = number;
            this.qos = qos;
        }
    }

    /** Told of an append. */
    interface Appended {
        void committed(MessageId id);
    }

    void append(int number, int qos, Appended listener) {
        add(given, new MessageId(++sequence, OWN_WRITER), new Entry(number, qos), listener);
    }

    /** By the other writer. */
    void appendElsewhere(int number, int qos, Appended listener) {
        sequenceElsewhere = Math.max(sequenceElsewhere + 1, ++sequence + skew);
        add(givenElsewhere, new MessageId(sequenceElsewhere, OTHER_WRITER), new Entry(number, qos), listener);
    }

    private void add(ArrayDeque<Command> writer, MessageId id, Entry entry, Appended listener) {
        writer.add(new Command(() -> queue.put(id, entry), () -> listener.committed(id)));
    }

    void acknowledge(MessageId id) {
        given.add(new Command(() -> queue.remove(id), () -> {}));
    }

    void sent(MessageId id, int packetId, Runnable listener) {
        given.add(new Command(
                () -> {
                    Entry entry = queue.get(id);
                    if (entry != null) {
                        entry.sentPacketId = packetId;
                    }
                },
                listener));
    }

    void received(MessageId id, int packetId, Runnable listener) {
        given.add(new Command(
                () -> {
                    queue.remove(id);
                    released.remove(Integer.valueOf(packetId));
                    released.add(packetId);
                },
                listener));
    }

    void completed(int packetId) {
        given.add(new Command(() -> released.remove(Integer.valueOf(packetId)), () -> {}));
    }

    void barrier(Runnable listener) {
        given.add(new Command(() -> {}, listener));
    }

    boolean isBusy() {
        return !given.isEmpty() || !givenElsewhere.isEmpty() || !listeners.isEmpty();
    }

    /** Commits the next {@code count} commands; {@link #tell} follows some time later. */
    void commit(int count) {
        commit(given, count);
    }

    /** By the other writer. */
    void commitElsewhere(int count) {
        commit(givenElsewhere, count);
    }

    private void commit(ArrayDeque<Command> writer, int count) {
        for (int i = 0; i < count && !writer.isEmpty(); i++) {
            Command next = writer.remove();
            next.change().run();
            listeners.add(next.listener());
        }
    }

    /** Runs the listeners of what is committed. */
    void tell() {
        List<Runnable> now = new ArrayList<>(listeners);
        listeners.clear();
        now.forEach(Runnable::run);
    }

    /**
     * The session's process dies: what it has not committed is gone, and nobody there is told of anything. The other
     * writer stays.
     */
    void crash() {
        given.clear();
        listeners.clear();
    }

    QueuePage page(QueueCursor after, int limit) {
        List<QueuedMessage> page = new ArrayList<>();
        for (Map.Entry<MessageId, Entry> each : queue.entrySet()) {
            if (!after.covers(each.getKey())) {
                if (page.size() == limit) {
                    return new QueuePage(page, true);
                }
                Entry entry = each.getValue();
                Content content = Content.of(payload(entry.number));
                page.add(new QueuedMessage(
                        each.getKey(), TOPIC, content, entry.qos, false, entry.sentPacketId, Origin.UNKNOWN));
            }
        }
        return new QueuePage(page, false);
    }

    FlowState flowState() {
        List<Integer> sent = queue.values().stream()
                .map(entry -> entry.sentPacketId)
                .filter(packetId -> packetId != 0)
                .toList();
        return new FlowState(List.copyOf(released), sent);
    }

    /** What no client has acknowledged. */
    int size() {
        return queue.size() + released.size();
    }

    static byte[] payload(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    static int number(byte[] payload) {
        return ByteBuffer.wrap(payload).getInt();
    }
}
