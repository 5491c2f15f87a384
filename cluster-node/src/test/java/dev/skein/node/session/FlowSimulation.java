package dev.skein.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.AnyMessage;
import dev.skein.node.session.SimulatedClient.Delivery;
import dev.skein.node.session.SimulatedClient.Packet;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.InboundAck;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One persistent session in a world where everything that can happen at any moment does: commits late and in groups,
 * pushes and pages crossing, pages that fail, a slow socket, lost connections, a broker that dies.
 */
final class FlowSimulation {
    private static final TopicName TOPIC = TopicName.of(SimulatedStore.TOPIC);
    private static final int QUIET_ROUNDS = 20_000;
    private static final int MAX_SKEW = 30;
    /** What a flow may hold beside its queue: its buffer, one page, and what waits for its record. */
    private static final int BUFFER_BOUND = 256 + 200;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SplittableRandom random;
    private final Kind kind;
    private final FlowSettings settings;
    private final SimulatedStore store;
    private final SimulatedClient client = new SimulatedClient();
    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final ArrayDeque<Runnable> reads = new ArrayDeque<>();
    /** QoS of every message given to the store, also of those that a crash took. */
    private final Map<Integer, Integer> stored = new HashMap<>();

    /** Those given to the other writer. */
    private final Set<Integer> elsewhere = new HashSet<>();

    private final Set<Integer> acknowledged = new HashSet<>();
    private final Map<Integer, Integer> sentAs = new HashMap<>();
    /** What was delivered without the store, by the QoS of its PUBLISH and of its delivery. */
    private final Map<Integer, String> live = new HashMap<>();

    private boolean publishersWait;
    private @Nullable Connection connection;
    private boolean left = true;
    private int numbers;
    private int dropped;
    private int crashes;

    /** What happens beside publishing, acknowledging and losing connections. */
    enum Kind {
        /** The broker may die with what it has not committed. */
        CRASHES,
        /** Messages that are not stored flow to the same client. */
        LIVE
    }

    FlowSimulation(SplittableRandom random, Kind kind) {
        this.random = random;
        this.kind = kind;
        this.store = new SimulatedStore(random.nextInt(-MAX_SKEW, MAX_SKEW));
        this.settings =
                new FlowSettings(1 + random.nextInt(6), 1, 1 + random.nextInt(20), Integer.MAX_VALUE, true, PATIENCE);
    }

    /** Runs {@code steps} steps, then lets everything come to rest and checks what the client got. */
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        comeToRest();
        check();
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1 -> publish();
            case 2, 3 -> commit(1 + random.nextInt(4));
            case 4, 5 -> store.tell();
            case 6, 7, 8 -> runLoop();
            case 9, 10 -> read();
            case 11, 12 -> client.receive();
            case 13, 14 -> acknowledge();
            default -> rare();
        }
        Connection now = connection;
        if (now != null) {
            now.checkBounds();
        }
    }

    private void rare() {
        switch (random.nextInt(8)) {
            case 0 -> disconnect();
            case 1, 2 -> connect();
            case 3 -> {
                if (kind == Kind.CRASHES && random.nextInt(3) == 0) {
                    crash();
                }
            }
            case 4 -> burst(random.nextInt(700));
            case 6 -> publishersWait = random.nextBoolean();
            case 5 -> loop.add(this::deliverLive);
            default -> writable(random.nextBoolean());
        }
    }

    private void publish() {
        int number = ++numbers;
        int qos = random.nextInt(3);
        stored.put(number, qos);
        SimulatedStore.Appended listener = id -> {
            acknowledged.add(number); // to its publisher
            Connection to = connection; // looked up after the commit
            if (to != null) {
                loop.add(() -> to.push(id, message(number, qos), qos));
            }
        };
        if (random.nextInt(4) == 0) {
            elsewhere.add(number);
            store.appendElsewhere(number, qos, listener);
        } else {
            store.append(number, qos, listener);
        }
    }

    private void commit(int count) {
        if (random.nextInt(3) == 0) {
            store.commitElsewhere(count);
        } else {
            store.commit(count);
        }
    }

    /** Many messages at once, which the client has had no time to take. */
    private void burst(int size) {
        for (int i = 0; i < size; i++) {
            publish();
        }
        if (random.nextBoolean()) {
            store.commit(Integer.MAX_VALUE);
            store.commitElsewhere(Integer.MAX_VALUE);
            store.tell();
            while (!loop.isEmpty()) {
                runLoop();
            }
        }
    }

    private void deliverLive() {
        Connection to = connection;
        if (kind == Kind.LIVE && to != null) {
            int number = ++numbers;
            int published = random.nextInt(3);
            int qos = Math.min(published, random.nextInt(3));
            live.put(number, published + " as " + qos);
            to.flow.deliver(message(number, published), qos, false);
        }
    }

    private static Message message(int number, int qos) {
        return AnyMessage.of("i", TOPIC, SimulatedStore.payload(number), qos, false);
    }

    private void runLoop() {
        Runnable task = loop.poll();
        if (task != null) {
            task.run();
        }
    }

    private void read() {
        Runnable task = reads.poll();
        if (task != null) {
            task.run();
        }
    }

    private void acknowledge() {
        InboundAck ack = client.acknowledge();
        Connection now = connection;
        if (ack != null && now != null) {
            now.on(ack);
        }
    }

    private void writable(boolean writable) {
        Connection now = connection;
        if (now != null) {
            now.writable = writable;
            if (writable) {
                now.flow.drain();
            }
        }
    }

    private void connect() {
        if (connection == null && left) {
            left = false;
            Connection made = new Connection();
            connection = made;
            reads.add(() -> {
                var state = store.flowState();
                reads.add(() -> loop.add(() -> made.ifOpen(() -> made.flow.resume(state, entry -> {
                    int number = SimulatedStore.number(entry.payload());
                    return message(number, entry.qos());
                }))));
            });
        }
    }

    private void disconnect() {
        Connection now = connection;
        if (now != null) {
            connection = null;
            now.closed = true;
            client.disconnected();
            now.flow.leave(now);
            store.barrier(() -> left = true);
        }
    }

    private void crash() {
        crashes++;
        Connection now = connection;
        if (now != null) {
            now.closed = true;
        }
        connection = null;
        client.disconnected();
        store.crash();
        loop.clear();
        reads.clear();
        left = true;
    }

    private void comeToRest() {
        for (int i = 0; i < QUIET_ROUNDS && (connection == null || !atRest()); i++) {
            connect();
            writable(true);
            store.commit(100);
            store.commitElsewhere(100);
            store.tell();
            read();
            runLoop();
            client.receive();
            acknowledge();
        }
        assertThat(atRest()).as("everything came to rest").isTrue();
    }

    private boolean atRest() {
        return !store.isBusy()
                && loop.isEmpty()
                && reads.isEmpty()
                && client.isIdle()
                && store.size() == 0
                && Objects.requireNonNull(connection).flow.queued() == 0;
    }

    private void check() {
        List<Integer> order = new ArrayList<>();
        List<Integer> orderElsewhere = new ArrayList<>();
        Map<String, List<Integer>> orderLive = new HashMap<>();
        Map<Integer, Integer> times = new HashMap<>();
        for (Delivery delivery : client.deliveries()) {
            times.merge(delivery.number(), 1, Integer::sum);
            if (delivery.first() && stored.containsKey(delivery.number())) {
                (elsewhere.contains(delivery.number()) ? orderElsewhere : order).add(delivery.number());
            }
        }
        for (Delivery delivery : client.deliveries()) {
            String how = live.get(delivery.number());
            if (how != null) {
                orderLive.computeIfAbsent(how, _ -> new ArrayList<>()).add(delivery.number());
            }
        }
        orderLive.forEach(
                (how, numbers) -> assertThat(numbers).as("order at QoS %s", how).isSorted());
        assertThat(order).as("order of first deliveries").isSorted();
        assertThat(orderElsewhere)
                .as("order of first deliveries of the other writer")
                .isSorted();
        stored.forEach((number, qos) -> {
            int least = qos > 0 && acknowledged.contains(number) ? 1 : 0;
            int most = switch (qos) {
                case 0 -> 1 + crashes; // one push, but a broker that dies may not have recorded it
                case 1 -> Integer.MAX_VALUE;
                default -> 1;
            };
            expect(times.getOrDefault(number, 0), least, most, "QoS " + qos + " message " + number);
        });
        live.forEach((number, _) -> expect(times.getOrDefault(number, 0), 0, 1, "live message " + number));
        expect(dropped, 0, live.size(), "dropped messages");
    }

    private static void expect(int value, int least, int most, String what) {
        if (value < least || value > most) {
            throw new AssertionError(what + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }

    /** One connection of the session with its flow. */
    private final class Connection implements FlowOutput, OutboundFlow.Remainder {
        private final OutboundFlow flow = new OutboundFlow(settings, this, true);
        private final Set<Integer> outstanding = new HashSet<>();
        private int mostRestored;
        private boolean closed;
        private boolean writable = true;

        private void ifOpen(Runnable task) {
            if (!closed) {
                task.run();
            }
        }

        private void push(MessageId id, Message message, int qos) {
            ifOpen(() -> flow.push(id, message, qos, false));
        }

        private void on(InboundAck ack) {
            switch (ack.kind()) {
                case PUBACK -> {
                    outstanding.remove(ack.packetId());
                    flow.onPubAck(ack.packetId());
                }
                case PUBREC -> flow.onPubRec(ack.packetId());
                case PUBCOMP -> {
                    outstanding.remove(ack.packetId());
                    flow.onPubComp(ack.packetId());
                }
                case PUBREL -> throw new AssertionError("PUBREL (expected: the client publishes nothing)");
            }
        }

        private void checkBounds() {
            expect(flow.queued() - flow.accepted(), 0, settings.queueMessages() + BUFFER_BOUND, "in memory");
            expect(flow.inflight(), 0, Math.max(settings.inflightMax(), mostRestored), "in flight");
        }

        @Override
        public void publish(Message message, int qos, int packetId, boolean dup, boolean retain) {
            if (qos > 0 && !outstanding.add(packetId)) {
                throw new AssertionError("packet identifier: " + packetId + " (expected: one that is free)");
            }
            checkRepeat(SimulatedStore.number(message.payload()), qos, packetId, dup);
            mostRestored = dup ? Math.max(mostRestored, flow.inflight() + 1) : mostRestored;
            client.send(new Packet(SimulatedStore.number(message.payload()), qos, packetId, dup));
        }

        // [MQTT-3.3.1-1], [MQTT-4.4.0-1]; what a dead broker had sent, it does not know.
        private void checkRepeat(int number, int qos, int packetId, boolean dup) {
            Integer before = qos == 0 || !stored.containsKey(number) ? null : sentAs.put(number, packetId);
            if (before != null && crashes == 0 && !(dup && before == packetId)) {
                throw new AssertionError("message " + number + " again: packet identifier " + packetId + ", DUP " + dup
                        + " (expected: " + before + " and true)");
            }
        }

        @Override
        public void pubRel(int packetId) {
            outstanding.add(packetId);
            mostRestored = Math.max(mostRestored, flow.inflight());
            client.send(new Packet(-1, 2, packetId, false));
        }

        @Override
        public boolean isWritable() {
            return writable && client.onTheWire() < 50;
        }

        @Override
        public boolean publishersWait() {
            return publishersWait;
        }

        @Override
        public void dropped(Message message) {
            assertThat(publishersWait && message.qos() > 0)
                    .as("dropped while publishers wait")
                    .isFalse();
            dropped++;
        }

        @Override
        public void queueFull() {
            throw new AssertionError("queue full (expected: the oldest is dropped)");
        }

        @Override
        public void acknowledge(MessageId id) {
            store.acknowledge(id);
        }

        @Override
        public void sent(MessageId id, int packetId) {
            store.sent(id, packetId, () -> loop.add(() -> ifOpen(() -> flow.sentCommitted(packetId))));
        }

        @Override
        public void received(MessageId id, int packetId) {
            store.received(id, packetId, () -> loop.add(() -> ifOpen(() -> flow.receivedCommitted(packetId))));
        }

        @Override
        public void completed(int packetId) {
            store.completed(packetId);
        }

        @Override
        public void unacknowledged(MessageId id, int packetId) {
            store.sent(id, packetId, () -> {});
        }

        @Override
        public void unreleased(int packetId) {
            store.received(StoredFlow.RELEASED, packetId, () -> {});
        }

        @Override
        public void page(QueueCursor after) {
            int limit = 1 + random.nextInt(30);
            boolean fails = random.nextInt(10) == 0;
            reads.add(() -> {
                QueuePage page = store.page(after, limit);
                reads.add(() -> loop.add(() -> ifOpen(() -> {
                    if (fails) {
                        flow.onPageFailed();
                    } else {
                        flow.onPage(page);
                    }
                })));
            });
        }
    }
}
