package dev.skein.node.reliability;

import dev.skein.node.reliability.Packets.Packet;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client that does what MQTT section 4.4 asks of one, and whose network can be cut at will: it keeps what is not
 * acknowledged over its connections, sends it again in the same order with the same packet identifiers, and remembers
 * the QoS 2 identifiers that it has received. Each connection has a number of its own. Thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // a link is one socket
public final class TestClient implements AutoCloseable {
    private static final AtomicInteger CONNECTIONS = new AtomicInteger();
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(60);
    private static final int PACKET_IDS = 65_535;
    private static final int BUFFER = 1 << 16;

    private final String id;
    private final boolean cleanSession;
    private final Listener listener;
    private final Wire wire;
    private final Map<Integer, Outgoing> outgoing = new LinkedHashMap<>();
    private final Set<Integer> received = new TreeSet<>();
    private final Map<Integer, CompletableFuture<Integer>> requests = new HashMap<>();
    private final ArrayDeque<byte[]> heldAcks = new ArrayDeque<>();
    private @Nullable Link link;
    private boolean holding;
    private int lastPacketId;
    private volatile long heardAt;

    /** What the client tells; called on the reading thread, with the client locked. */
    public interface Listener {
        /** CONNACK came, and nothing else has come on this connection. */
        default void connected(Connack connack) {}

        /** The connection of this number has ended, by whomever. */
        default void closed(int connection) {}

        /** PINGRESP came. */
        default void pong(int connection) {}

        /** A PUBLISH came; {@code again} when QoS 2 says that it was there before. */
        default void delivered(Delivery delivery, boolean again) {}

        /** PUBACK or PUBREC came for what {@link TestClient#publish} was given. */
        default void acknowledged(Object token) {}

        /** What was given to {@link TestClient#publish} goes out again. */
        default void resent(Object token) {}
    }

    /** A PUBLISH from the broker. */
    public record Delivery(
            String topic, String payload, int qos, boolean dup, boolean retain, int packetId, int connection) {}

    /** Answer to CONNECT. */
    public record Connack(boolean sessionPresent, int code, int connection) {}

    /** What is published when the connection ends without DISCONNECT. */
    public record Will(String topic, String payload, int qos, boolean retain) {}

    private static final class Outgoing {
        private final String topic;
        private final String payload;
        private final int qos;
        private final boolean retain;
        private final Object token;
        private boolean received;

        private Outgoing(String topic, String payload, int qos, boolean retain, Object token) {
            this.topic = topic;
            this.payload = payload;
            this.qos = qos;
            this.retain = retain;
            this.token = token;
        }
    }

    /** One connection. */
    private record Link(int number, Socket socket, DataInputStream in, OutputStream out, CountDownLatch closed) {}

    /** One of MQTT 3.1.1. */
    public TestClient(String id, boolean cleanSession, Listener listener) {
        this(id, cleanSession, listener, Wire.THREE);
    }

    public TestClient(String id, boolean cleanSession, Listener listener, Wire wire) {
        this.wire = wire;
        this.id = id;
        this.cleanSession = cleanSession;
        this.listener = listener;
    }

    public String id() {
        return id;
    }

    /**
     * Connects, and sends again what was not acknowledged.
     *
     * @throws IOException when nothing answers, or CONNECT is refused
     */
    Connack connect(int port) throws IOException {
        return connect(
                nextConnection(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                null,
                CONNECT_DEADLINE);
    }

    /** A number for the next connection. */
    public static int nextConnection() {
        return CONNECTIONS.incrementAndGet();
    }

    /**
     * Connects, and sends again what was not acknowledged.
     *
     * @param number of the connection, from {@link #nextConnection}
     * @param deadline for the TCP connection, and again for CONNACK
     * @throws IOException when nothing answers, or CONNECT is refused
     */
    public Connack connect(int number, InetSocketAddress address, @Nullable Will will, Duration deadline)
            throws IOException {
        cut();
        Socket socket = new Socket();
        try {
            socket.connect(address, (int) deadline.toMillis());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) deadline.toMillis());
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
            socket.getOutputStream().write(wire.connect(id, cleanSession, will));
            Packet answer = Packets.read(in);
            if (answer.type() != Packets.CONNACK) {
                throw new IOException("packet: type " + answer.type() + " (expected: CONNACK)");
            }
            Connack connack =
                    new Connack(answer.body().get(0) == 1, answer.body().get(1), number);
            if (connack.code() != 0) {
                throw new IOException("return code: " + connack.code() + " (expected: 0)");
            }
            socket.setSoTimeout(0);
            open(new Link(number, socket, in, socket.getOutputStream(), new CountDownLatch(1)), connack);
            return connack;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private synchronized void open(Link opened, Connack connack) throws IOException {
        link = opened;
        heardAt = System.nanoTime();
        listener.connected(connack);
        heldAcks.clear();
        if (!connack.sessionPresent()) {
            outgoing.clear();
            received.clear();
        }
        for (Map.Entry<Integer, Outgoing> entry : outgoing.entrySet()) { // [MQTT-4.4.0-1], [MQTT-4.6.0-1]
            Outgoing each = entry.getValue();
            if (each.received) {
                opened.out().write(Packets.acknowledgement(Packets.PUBREL, entry.getKey()));
            } else {
                listener.resent(each.token);
                opened.out().write(wire.publish(each.topic, each.payload, each.qos, each.retain, true, entry.getKey()));
            }
        }
        Thread.ofVirtual().name(id).start(() -> read(opened));
    }

    /**
     * Sends a message; at QoS 1 and 2 it is kept until it is acknowledged.
     *
     * @return false when there is no connection, and nothing was kept
     */
    public synchronized boolean publish(String topic, String payload, int qos, boolean retain, Object token) {
        if (link == null) {
            return false;
        }
        int packetId = qos == 0 ? 0 : freePacketId();
        if (qos > 0) {
            outgoing.put(packetId, new Outgoing(topic, payload, qos, retain, token));
        }
        write(wire.publish(topic, payload, qos, retain, false, packetId));
        return true;
    }

    /** Subscribes; the stage gives the SUBACK code, or fails with the connection. */
    public CompletableFuture<Integer> subscribe(String filter, int qos) {
        return subscribe(List.of(filter), qos);
    }

    /** Subscribes with one packet; the stage gives the greatest SUBACK code, or fails with the connection. */
    public synchronized CompletableFuture<Integer> subscribe(List<String> filters, int qos) {
        int packetId = freePacketId();
        return request(packetId, wire.subscribe(packetId, filters, qos));
    }

    /** Unsubscribes; the stage completes with UNSUBACK, or fails with the connection. */
    public synchronized CompletableFuture<Integer> unsubscribe(String filter) {
        int packetId = freePacketId();
        return request(packetId, wire.unsubscribe(packetId, filter));
    }

    private CompletableFuture<Integer> request(int packetId, byte[] packet) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        if (link == null) {
            answer.completeExceptionally(new EOFException("no connection"));
            return answer;
        }
        requests.put(packetId, answer);
        write(packet);
        return answer;
    }

    private int freePacketId() {
        do {
            lastPacketId = lastPacketId == PACKET_IDS ? 1 : lastPacketId + 1;
        } while (outgoing.containsKey(lastPacketId) || requests.containsKey(lastPacketId));
        return lastPacketId;
    }

    /** Messages sent and not wholly acknowledged. */
    public synchronized int unacknowledged() {
        return outgoing.size();
    }

    public synchronized boolean isConnected() {
        return link != null;
    }

    /** Number of the connection; 0 for none. */
    public synchronized int connection() {
        return link == null ? 0 : link.number();
    }

    /** Sends PINGREQ. */
    public synchronized void ping() {
        write(Packets.pingreq());
    }

    /** How long ago the last packet came. */
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardAt);
    }

    /** From now on acknowledgements are kept back; {@link #release} sends them. */
    public synchronized void hold() {
        holding = true;
    }

    /** Sends at the most {@code count} acknowledgements that were kept back; returns how many. */
    public synchronized int release(int count) {
        int sent = 0;
        while (sent < count && !heldAcks.isEmpty()) {
            write(heldAcks.remove());
            sent++;
        }
        return sent;
    }

    /** Acknowledgements go out at once again, and so do those that were kept back. */
    public synchronized void unhold() {
        holding = false;
        release(Integer.MAX_VALUE);
    }

    /** Cuts the connection without a word. */
    public synchronized void cut() {
        Link open = link;
        if (open != null) {
            closed(open);
        }
    }

    /** DISCONNECT, then the connection ends. */
    public synchronized void disconnect() {
        if (link != null) {
            write(Packets.disconnect());
            cut();
        }
    }

    /** Waits until there is no connection, at the longest for {@code deadline}; false when there still is one. */
    boolean awaitClosed(Duration deadline) throws InterruptedException {
        Link open;
        synchronized (this) {
            open = link;
        }
        return open == null || open.closed().await(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void write(byte[] packet) {
        Link open = link;
        if (open == null) {
            return;
        }
        try {
            open.out().write(packet);
        } catch (IOException e) {
            closed(open);
        }
    }

    private synchronized void closed(Link which) {
        try {
            which.socket().close();
        } catch (IOException e) {
            // It is gone either way.
        }
        if (link == which) {
            link = null;
            List<CompletableFuture<Integer>> open = List.copyOf(requests.values());
            requests.clear();
            listener.closed(which.number());
            open.forEach(request -> request.completeExceptionally(new EOFException("connection closed")));
        }
        which.closed().countDown();
    }

    private void read(Link from) {
        try {
            while (true) {
                Packet packet = Packets.read(from.in());
                synchronized (this) {
                    if (link != from) {
                        return;
                    }
                    heardAt = System.nanoTime();
                    on(packet, from.number());
                }
            }
        } catch (IOException e) {
            closed(from);
        }
    }

    private void on(Packet packet, int connection) throws IOException {
        switch (packet.type()) {
            case Packets.PUBLISH -> onPublish(packet, connection);
            case Packets.PUBACK -> onPuback(packet.number());
            case Packets.PUBREC -> onPubrec(packet.number());
            case Packets.PUBREL -> {
                int packetId = packet.number();
                received.remove(packetId);
                acknowledge(Packets.PUBCOMP, packetId);
            }
            case Packets.PUBCOMP -> outgoing.remove(packet.number());
            case Packets.SUBACK, Packets.UNSUBACK -> {
                CompletableFuture<Integer> request = requests.remove(packet.number());
                if (request != null) {
                    if (packet.type() == Packets.SUBACK) {
                        wire.skipProperties(packet);
                    } else {
                        packet.body().position(packet.body().limit()); // what UNSUBACK says is no failure
                    }
                    int greatest = 0;
                    while (packet.body().hasRemaining()) {
                        greatest = Math.max(greatest, packet.body().get() & 0xFF);
                    }
                    request.complete(greatest);
                }
            }
            case Packets.PINGRESP -> listener.pong(connection);
            default -> {
                // Nobody waits for it.
            }
        }
    }

    private void onPublish(Packet packet, int connection) {
        int qos = packet.flags() >> 1 & 3;
        String topic = packet.string();
        int packetId = qos == 0 ? 0 : packet.number();
        wire.skipProperties(packet);
        boolean again = qos == 2 && !received.add(packetId);
        boolean dup = (packet.flags() & 8) != 0;
        boolean retain = (packet.flags() & 1) != 0;
        listener.delivered(new Delivery(topic, packet.rest(), qos, dup, retain, packetId, connection), again);
        if (qos == 1) {
            acknowledge(Packets.PUBACK, packetId);
        } else if (qos == 2) {
            acknowledge(Packets.PUBREC, packetId);
        }
    }

    private void acknowledge(int type, int packetId) {
        byte[] packet = Packets.acknowledgement(type, packetId);
        if (holding) {
            heldAcks.add(packet);
        } else {
            write(packet);
        }
    }

    private void onPuback(int packetId) {
        Outgoing sent = outgoing.remove(packetId);
        if (sent != null) {
            listener.acknowledged(sent.token);
        }
    }

    private void onPubrec(int packetId) {
        Outgoing sent = outgoing.get(packetId);
        if (sent != null && !sent.received) {
            sent.received = true;
            listener.acknowledged(sent.token);
        }
        write(Packets.acknowledgement(Packets.PUBREL, packetId));
    }

    @Override
    public void close() {
        cut();
    }
}
