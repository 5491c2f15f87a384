package dev.skein.node.edge.mqtt;

import dev.skein.node.route.Message;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.mqtt.codec.TopicName;
import dev.skein.protocol.mqtt.codec.TopicNameCache;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What belongs to one event loop: its connections, its topic cache, what it has for other loops, and which of its
 * connections have something to flush. Everything written in one round of the loop leaves at its end: one hand-over for
 * each other loop and one flush for each connection. Confined to the loop but for {@link #execute}.
 */
final class LoopContext {
    private static final long SWEEP_MILLIS = 250;

    private final EdgeShared shared;
    private final int index;
    private final EventLoop loop;
    private final TopicNameCache topics = new TopicNameCache();
    private final Publisher publisher;
    private final MessageIds ids;
    private final List<MqttConnection> connections = new ArrayList<>();
    private ArrayList<MqttConnection> dirty = new ArrayList<>();
    private ArrayList<MqttConnection> flushing = new ArrayList<>();
    private final Outbox[] outboxes;
    private final Runnable endOfRound = this::endOfRound;
    private boolean endScheduled;

    LoopContext(EdgeShared shared, int index, int loops, EventLoop loop) {
        this.shared = shared;
        this.index = index;
        this.loop = loop;
        this.publisher = new Publisher(shared, this, loops);
        this.ids = new MessageIds(shared.clock(), index + 1);
        this.outboxes = new Outbox[loops];
        for (int i = 0; i < loops; i++) {
            outboxes[i] = new Outbox();
        }
    }

    /** Begins to look after its connections. */
    void start() {
        var _ = loop.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    int index() {
        return index;
    }

    EventLoop eventLoop() {
        return loop;
    }

    TopicNameCache topics() {
        return topics;
    }

    Publisher publisher() {
        return publisher;
    }

    /** Runs {@code task} on this loop; from any thread. */
    void execute(Runnable task) {
        loop.execute(task);
    }

    /** A message of this loop's making, with its identity. */
    Message message(EdgeInstance instance, TopicName topic, byte[] payload, int qos, boolean retain) {
        Message message = new Message(instance.id(), topic, payload, qos, retain);
        ids.identify(message);
        return message;
    }

    /** Hands a message to live connections of loop {@code to}. */
    void send(int to, Message message, Subscriber[] subscribers, byte[] grantedQos) {
        if (to == index) {
            Outbox.deliver(message, subscribers, grantedQos);
        } else {
            outboxes[to].add(message, subscribers, grantedQos);
            scheduleEnd();
        }
    }

    /** Hands a message to one live connection at {@code qos}. */
    void send(Subscriber subscriber, Message message, int qos) {
        if (subscriber.loop() == index) {
            subscriber.deliver(message, qos);
        } else {
            send(subscriber.loop(), message, new Subscriber[] {subscriber}, new byte[] {(byte) qos});
        }
    }

    /** {@code connection} has output; it is flushed at the end of this round. */
    void markDirty(MqttConnection connection) {
        dirty.add(connection);
        scheduleEnd();
    }

    private void scheduleEnd() {
        if (!endScheduled) {
            endScheduled = true;
            loop.execute(endOfRound); // tasks run after all sockets that were ready have been read
        }
    }

    private void endOfRound() {
        endScheduled = false;
        for (int i = 0; i < outboxes.length; i++) {
            if (!outboxes[i].isEmpty()) {
                Outbox full = outboxes[i];
                outboxes[i] = new Outbox();
                shared.loops().get(i).execute(full);
            }
        }
        ArrayList<MqttConnection> now = dirty;
        dirty = flushing;
        flushing = now;
        for (MqttConnection connection : now) {
            connection.flushOutput();
        }
        now.clear();
    }

    void add(MqttConnection connection) {
        connection.place = connections.size();
        connections.add(connection);
    }

    void remove(MqttConnection connection) {
        int place = connection.place;
        if (place >= 0) {
            MqttConnection last = connections.removeLast();
            if (last != connection) {
                connections.set(place, last);
                last.place = place;
            }
            connection.place = -1;
        }
    }

    int connectionCount() {
        return connections.size();
    }

    /** The node stops. */
    void closeAll() {
        for (MqttConnection connection : List.copyOf(connections)) {
            connection.close(CloseReason.SHUTDOWN, "the node stops");
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        for (int i = connections.size() - 1; i >= 0; i--) {
            connections.get(i).checkDeadlines(now);
        }
    }
}
