package dev.skein.node.edge.mqtt;

import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Message;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.mqtt.codec.TopicName;
import dev.skein.protocol.mqtt.codec.TopicNameCache;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one event loop: its connections, its topic cache, what it has for other loops, and which of its
 * connections have something to flush. Everything written in one round of the loop leaves at its end: one hand-over for
 * each other loop and one flush for each connection. Confined to the loop but for {@link #execute}.
 */
final class LoopContext {
    private static final long SWEEP_MILLIS = 250;
    private static final int SWEEPS_A_RESEND = 4;
    private static final long LOOK_AGAIN_MILLIS = 5000;
    private static final long NO_NODE = 0;

    /** What a round may collect for its connections at the least, and as a part of what all may hold. */
    private static final long ROUND_OUTPUT = 4 * 1024 * 1024;

    private static final int ROUND_PART = 8;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Claims said again in one sweep: a node that is gone must not cost the others their breath. */
    private static final int RECLAIMS = 1000;

    private final EdgeShared shared;
    private final int index;
    private final EventLoop loop;
    private final TopicNameCache topics = new TopicNameCache();
    private final Publisher publisher;
    private final Obstacles obstacles;
    private final MessageIds ids;
    private final List<MqttConnection> connections = new ArrayList<>();
    private ArrayList<MqttConnection> dirty = new ArrayList<>();
    private ArrayList<MqttConnection> flushing = new ArrayList<>();
    private final @Nullable Outbox[] outboxes;
    private final UnderWay underWay;
    private long waitingBytes;
    private long lastSweep = System.nanoTime();
    private long sweptNanos;
    private final LoopLinks links;
    private final PublishBarrier barrier;
    private final Standstill standstill;
    private final List<List<Runnable>> tasks = new ArrayList<>();
    private final ArrayDeque<Reclaim> reclaiming = new ArrayDeque<>();
    private final ConnectionMemory.Share memory;
    private final long muchOutput;
    private long collected;
    private boolean flushingNow;
    private int sweeps;
    private final Runnable endOfRound = this::endOfRound;
    private boolean endScheduled;

    LoopContext(EdgeShared shared, int index, int loops, EventLoop loop) {
        this.shared = shared;
        this.index = index;
        this.loop = loop;
        this.publisher = new Publisher(shared, this, loops);
        this.obstacles = new Obstacles(shared, this, loops);
        this.ids = new MessageIds(
                shared.clock(), shared.actors().membership().self().uid(), index);
        this.outboxes = new Outbox[loops];
        this.underWay = new UnderWay(shared.held());
        this.links = new LoopLinks(shared, this, loops);
        this.barrier = new PublishBarrier(shared, this);
        this.memory = shared.memory().share(this::execute, this::closeLargest);
        this.muchOutput = Math.max(ROUND_OUTPUT, shared.memory().max() / loops / ROUND_PART);
        this.standstill = new Standstill(
                shared.clock(),
                shared.actors().membership()::isAlone,
                (millis, confirmed) ->
                        shared.actors().stillMember().tell(new StillMember.Confirm(millis, () -> execute(confirmed))));
        for (int i = 0; i < loops; i++) {
            tasks.add(new ArrayList<>());
        }
    }

    /** Begins to look after its connections. */
    void start() {
        standstill.begin();
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

    /** What messages of this loop wait for. */
    Obstacles obstacles() {
        return obstacles;
    }

    /** This loop's ends of the links to other nodes. */
    LoopLinks links() {
        return links;
    }

    /** Waits for what all loops have published until now. */
    PublishBarrier barrier() {
        return barrier;
    }

    /** The identities of its messages. */
    MessageIds ids() {
        return ids;
    }

    /** Holds what is published after this loop stood still. */
    Standstill standstill() {
        return standstill;
    }

    /** What its connections hold. */
    ConnectionMemory.Share memory() {
        return memory;
    }

    /** Runs {@code task} on loop {@code to}: at once on this one, else at the end of this round. */
    void run(int to, Runnable task) {
        if (to == index) {
            task.run();
        } else {
            tasks.get(to).add(task);
            scheduleEnd();
        }
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

    /** What other loops have for this one. Any thread. */
    UnderWay underWay() {
        return underWay;
    }

    /** So many bytes more, or fewer, of its connections' packets wait to be handled. */
    void addWaiting(long bytes) {
        waitingBytes += bytes;
    }

    long waitingBytes() {
        return waitingBytes;
    }

    /** From the sweep before this one; a pause of the loop itself counts as two sweeps. */
    long sweptNanos() {
        return sweptNanos;
    }

    /** Hands a message to live connections of loop {@code to}. */
    void send(int to, Message message, Subscriber[] subscribers, byte[] grantedQos) {
        if (to == index) {
            Outbox.deliver(message, subscribers, grantedQos);
            return;
        }
        UnderWay before = shared.loops().get(to).underWay();
        if (message.qos() == 0 && before.isFull()) {
            shared.metrics()
                    .topic(message.instance(), message.topic().parent())
                    .dropped(DropReason.QUEUE_FULL, subscribers.length);
            return;
        }
        Outbox outbox = outboxes[to];
        if (outbox == null) {
            outbox = new Outbox(before);
            outboxes[to] = outbox;
        }
        outbox.add(message, subscribers, grantedQos);
        if (outbox.isLarge()) {
            outboxes[to] = null;
            outbox.handOver(shared.loops().get(to)::execute);
        } else {
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

    /** The round has something to hand on at its end. */
    void scheduleEnd() {
        if (!endScheduled) {
            endScheduled = true;
            loop.execute(endOfRound); // tasks run after all sockets that were ready have been read
        }
    }

    private void endOfRound() {
        endScheduled = false;
        for (int i = 0; i < outboxes.length; i++) {
            Outbox full = outboxes[i];
            if (full != null) {
                outboxes[i] = null;
                full.handOver(shared.loops().get(i)::execute);
            }
            List<Runnable> todo = tasks.get(i);
            if (!todo.isEmpty()) {
                tasks.set(i, new ArrayList<>());
                shared.loops().get(i).execute(() -> todo.forEach(Runnable::run));
            }
        }
        links.flush();
        flushDirty();
        memory.makeRoom();
    }

    /** One more message of {@code bytes} was collected for one of its connections. */
    void collected(int bytes) {
        collected += bytes;
    }

    /**
     * A large message to many would fill the memory before the end of the round. May close connections, also the one
     * whose packet is being handled.
     */
    void flushIfMuch() {
        if (collected > muchOutput && !flushingNow) {
            flushDirty();
            memory.makeRoom();
        }
    }

    private void flushDirty() {
        flushingNow = true;
        collected = 0;
        ArrayList<MqttConnection> now = dirty;
        dirty = flushing;
        flushing = now;
        for (MqttConnection connection : now) {
            connection.flushOutput();
        }
        now.clear();
        flushingNow = false;
    }

    /** Closes those that hold the most, and are silent for the longest, until {@code bytes} are free. */
    private void closeLargest(long bytes) {
        List<MqttConnection> holders = new ArrayList<>();
        for (MqttConnection connection : connections) {
            if (connection.holdings().bytes() > 0) {
                holders.add(connection);
            }
        }
        long now = System.nanoTime();
        holders.sort(Comparator.comparingDouble((MqttConnection each) -> weight(each, now))
                .reversed());
        long freed = 0;
        for (MqttConnection connection : holders) {
            if (freed >= bytes) {
                break;
            }
            long held = connection.holdings().bytes();
            freed += held;
            shared.memory().countClosed();
            connection.close(CloseReason.MEMORY, "it held " + held + " bytes, among the most; " + shared.memory());
        }
    }

    /** A client that is sending goes after one that holds as much and is silent. */
    private static double weight(MqttConnection connection, long now) {
        return (double) connection.holdings().bytes() * (now - connection.lastHeard() + SECOND_NANOS);
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

    /** The node stops: closes {@code some} connections each {@code millis} until none is left. */
    void closeAll(int some, int millis, CompletableFuture<Boolean> done) {
        for (int i = 0; i < some && !connections.isEmpty(); i++) {
            connections.getLast().close(CloseReason.SHUTDOWN, "the node stops");
        }
        if (connections.isEmpty()) {
            done.complete(true);
        } else {
            var _ = loop.schedule(() -> closeAll(some, millis, done), millis, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * A node is gone. Sessions that had their actors there are claimed again; persistent ones look into the store for
     * what it committed and did not push, now and once more when it can commit nothing any more.
     */
    void reclaimFrom(long node) {
        reclaim(node, connection -> connection.tie().isOn(node) || connection.sessionId() != 0);
        for (EdgeShared.Leaving leaving : shared.leaving().values()) { // nobody else gets the client ID before
            MqttConnection connection = leaving.connection();
            if (connection.context() == this && connection.tie().isOn(node)) {
                connection.tie().reclaim(true);
            }
        }
        var _ = loop.schedule(
                () -> reclaim(node, connection -> connection.sessionId() != 0),
                LOOK_AGAIN_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Another node has left out what it had to tell persistent sessions: they look into the store. */
    void lookAgain() {
        reclaim(NO_NODE, connection -> connection.sessionId() != 0);
    }

    private void reclaim(long node, Predicate<MqttConnection> concerned) {
        for (MqttConnection connection : connections) {
            if (concerned.test(connection)) {
                missed(connection); // at once: what is pushed next must not jump over it
                reclaiming.add(new Reclaim(connection, node));
            }
        }
    }

    /** A connection that has to do with a node that is gone, or {@link #NO_NODE}. */
    private record Reclaim(MqttConnection connection, long node) {}

    private void reclaimSome() {
        for (int i = 0; i < RECLAIMS && !reclaiming.isEmpty(); i++) {
            Reclaim next = reclaiming.remove();
            MqttConnection connection = next.connection();
            if (!connection.isClosed()) {
                reclaim(connection, next.node());
            }
        }
    }

    private void reclaim(MqttConnection connection, long node) {
        if (connection.tie().isOn(node)) {
            shared.links().figures().reclaimed();
            connection.tie().reclaim(connection.clientOrNull() != null);
        }
        lookAgain(connection);
    }

    /** The connection's session, if it has one, takes no push before it has read on in the store. */
    static void missed(MqttConnection connection) {
        ClientState client = connection.clientOrNull();
        if (client != null) {
            client.flow().missed();
        }
    }

    /** The connection's session, if it has one, reads on in the store. */
    static void lookAgain(MqttConnection connection) {
        ClientState client = connection.clientOrNull();
        if (client != null) {
            client.flow().lookAgain();
        }
    }

    private void sweep() {
        standstill.sweep();
        reclaimSome();
        links.acknowledge();
        links.showFigures();
        if (++sweeps % SWEEPS_A_RESEND == 0) {
            links.resend();
        }
        long now = System.nanoTime();
        sweptNanos = Math.min(now - lastSweep, TimeUnit.MILLISECONDS.toNanos(2 * SWEEP_MILLIS));
        lastSweep = now;
        barrier.sweep(now);
        for (int i = connections.size() - 1; i >= 0; i--) {
            connections.get(i).checkDeadlines(now);
        }
        memory.check();
    }
}
