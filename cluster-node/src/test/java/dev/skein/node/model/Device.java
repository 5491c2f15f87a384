package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.apsara.Signatures;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An MQTT 3.1.1 client of a few lines, which spells its own packets. Confined to the thread of its test. */
final class Device implements AutoCloseable {
    private static final int DEADLINE_MILLIS = 10_000;
    private static final int RETRY_MILLIS = 50;
    private static final int CONNACK = 0x20;
    private static final int PUBLISH = 0x30;
    private static final int DUP = 8;
    private static final int RETAIN = 1;
    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int PUBREL = 0x62;
    private static final int PUBCOMP = 0x70;
    private static final int SUBACK = 0x90;
    private static final int UNSUBACK = 0xB0;
    private static final int PINGRESP = 0xD0;
    private static final int TYPE = 0xF0;
    private static final int CLEAN = 0x02;

    private final InetSocketAddress address;
    private final String clientId;
    private final Deque<Delivery> inbox = new ArrayDeque<>();
    private SocketFactory sockets = SocketFactory.getDefault();
    private String preamble = "";
    private @Nullable String username;
    private @Nullable String password;
    private boolean clean = true;
    private int keepAlive = 60;
    private @Nullable String willTopic;
    private int packetId;
    private @Nullable Socket socket;
    private @Nullable DataInputStream in;

    /** What CONNECT was answered; code 0 is accepted. */
    record Connack(boolean present, int code) {}

    /** A PUBLISH that came. */
    record Delivery(String topic, String body, int qos, boolean dup, int packetId) {}

    private static final class Packet {
        private final int first;
        private final byte[] body;

        private Packet(int first, byte[] body) {
            this.first = first;
            this.body = body;
        }

        private int type() {
            return first & TYPE;
        }

        private int packetId(int at) {
            return ((body[at] & 0xFF) << 8) | (body[at + 1] & 0xFF);
        }
    }

    Device(InetSocketAddress address, String clientId) {
        this.address = address;
        this.clientId = clientId;
    }

    Device signed(String accessKey, String secret, String instance) {
        return login("Signature|" + accessKey + "|" + instance, Signatures.sign(secret, clientId));
    }

    Device login(String name, String secret) {
        username = name;
        password = secret;
        return this;
    }

    Device persistent() {
        clean = false;
        return this;
    }

    Device clean() {
        clean = true;
        return this;
    }

    Device keepAlive(int seconds) {
        keepAlive = seconds;
        return this;
    }

    Device will(String topic) {
        willTopic = topic;
        return this;
    }

    /** Connects by TLS. */
    Device by(SSLContext context) {
        sockets = context.getSocketFactory();
        return this;
    }

    /** Text that goes before CONNECT. */
    Device preamble(String text) {
        preamble = text;
        return this;
    }

    String clientId() {
        return clientId;
    }

    /** Opens a new connection and sends CONNECT. */
    Connack tryConnect() {
        try {
            inbox.clear();
            Socket opened = sockets.createSocket();
            opened.setTcpNoDelay(true);
            opened.connect(address, DEADLINE_MILLIS);
            opened.setSoTimeout(DEADLINE_MILLIS);
            socket = opened;
            in = new DataInputStream(opened.getInputStream());
            opened.getOutputStream().write(preamble.getBytes(StandardCharsets.US_ASCII));
            sendConnect();
            byte[] body = await(CONNACK).body;
            return new Connack(body[0] == 1, body[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects, and expects to be accepted. */
    Device connect() {
        assertThat(tryConnect().code()).as("CONNACK to %s", clientId).isZero();
        return this;
    }

    /**
     * Connects as soon as the client ID is free again, as a client does that retries. With pauses: a node writes a
     * bounded number of refusals a second, and other tests wait for theirs.
     */
    Connack connectAgain() {
        long deadline = System.nanoTime() + DEADLINE_MILLIS * 1_000_000L;
        Connack answer = tryConnect();
        while (answer.code() == 2 && System.nanoTime() < deadline) {
            close();
            LockSupport.parkNanos(RETRY_MILLIS * 1_000_000L);
            answer = tryConnect();
        }
        assertThat(answer.code()).as("CONNACK to %s", clientId).isZero();
        return answer;
    }

    private void sendConnect() {
        int flags = (clean ? CLEAN : 0)
                | (willTopic == null ? 0 : 0x0C)
                | (username == null ? 0 : 0x80)
                | (password == null ? 0 : 0x40);
        send(0x10, out -> {
            out.writeUTF("MQTT");
            out.writeByte(4);
            out.writeByte(flags);
            out.writeShort(keepAlive);
            out.writeUTF(clientId);
            if (willTopic != null) {
                out.writeUTF(willTopic);
                out.writeUTF("gone");
            }
            if (username != null) {
                out.writeUTF(username);
            }
            if (password != null) {
                out.writeUTF(password);
            }
        });
    }

    /** Sends CONNECT once more, which no client may. */
    void sendConnectAgain() {
        sendConnect();
    }

    /** Opens a new connection, sends CONNECT and closes it. */
    void connectAndGoAway() {
        try (Socket opened = new Socket()) {
            opened.connect(address, DEADLINE_MILLIS);
            socket = opened;
            sendConnect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Subscribes to all of {@code filters} with one packet; returns the SUBACK codes. */
    List<Integer> subscribe(int qos, List<String> filters) {
        int id = nextPacketId();
        send(0x82, out -> {
            out.writeShort(id);
            for (String filter : filters) {
                out.writeUTF(filter);
                out.writeByte(qos);
            }
        });
        byte[] body = await(SUBACK).body;
        assertThat(body).hasSize(2 + filters.size());
        return java.util.stream.IntStream.range(2, body.length)
                .mapToObj(i -> body[i] & 0xFF)
                .toList();
    }

    int subscribe(String filter, int qos) {
        return subscribe(qos, List.of(filter)).getFirst();
    }

    /** Subscribes, and expects to be closed for it. */
    void subscribeAndBeClosed(String filter) {
        subscribeOnly(filter);
        awaitClose();
    }

    /** Subscribes, and waits for nothing. */
    void subscribeOnly(String filter) {
        int id = nextPacketId();
        send(0x82, out -> {
            out.writeShort(id);
            out.writeUTF(filter);
            out.writeByte(1);
        });
    }

    void unsubscribe(String filter) {
        int id = nextPacketId();
        send(0xA2, out -> {
            out.writeShort(id);
            out.writeUTF(filter);
        });
        await(UNSUBACK);
    }

    /** Publishes, and waits for what {@code qos} promises. */
    void publish(String topic, String body, int qos) {
        publishOnly(topic, body, qos);
        switch (qos) {
            case 0 -> {}
            case 1 -> await(PUBACK, packetId);
            default -> {
                int id = await(PUBREC, packetId).packetId(0);
                ack(PUBREL, id);
                await(PUBCOMP);
            }
        }
    }

    /** Sends a QoS 2 message that an earlier connection has sent already, and waits for PUBREC. */
    void publishAgain(String topic, String body, int id) {
        send(PUBLISH | DUP | 2 << 1, id, topic, body, 2);
        await(PUBREC, id);
    }

    /** Sets the retained message of {@code topic}, or clears it with an empty body, and waits for PUBACK. */
    void retain(String topic, String body) {
        send(PUBLISH | RETAIN | 1 << 1, nextPacketId(), topic, body, 1);
        await(PUBACK, packetId);
    }

    /** Publishes, and waits for nothing. */
    void publishOnly(String topic, String body, int qos) {
        send(PUBLISH | qos << 1, nextPacketId(), topic, body, qos);
    }

    private void send(int first, int id, String topic, String body, int qos) {
        send(first, out -> {
            out.writeUTF(topic);
            if (qos > 0) {
                out.writeShort(id);
            }
            out.write(body.getBytes(StandardCharsets.UTF_8));
        });
    }

    /** The next message, acknowledged in whole. */
    Delivery next() {
        Delivery delivery = nextUnacknowledged();
        switch (delivery.qos()) {
            case 0 -> {}
            case 1 -> ack(PUBACK, delivery.packetId());
            default -> {
                ack(PUBREC, delivery.packetId());
                releasedTo(delivery.packetId());
            }
        }
        return delivery;
    }

    /** Waits for the PUBREL of {@code id} and answers it. */
    void releasedTo(int id) {
        assertThat(await(PUBREL & TYPE).packetId(0)).isEqualTo(id);
        ack(PUBCOMP, id);
    }

    void received(Delivery delivery) {
        ack(PUBREC, delivery.packetId());
    }

    /** Waits for the PUBREL of {@code delivery} and does not answer it. */
    void awaitRelease(Delivery delivery) {
        assertThat(await(PUBREL & TYPE).packetId(0)).isEqualTo(delivery.packetId());
    }

    /** The next message, not acknowledged. */
    Delivery nextUnacknowledged() {
        Delivery known = inbox.poll();
        while (known == null) {
            keep(read("PUBLISH"));
            known = inbox.poll();
        }
        return known;
    }

    /** A round trip: whatever the broker sent before is here now. */
    void ping() {
        send(0xC0, _ -> {});
        await(PINGRESP);
    }

    /** DISCONNECT; returns when the broker has closed, so the client ID and its routes are left. */
    void disconnect() {
        send(0xE0, _ -> {});
        awaitClose();
    }

    /** Waits until the broker closes. */
    void awaitClose() {
        try {
            while (true) {
                readPacket();
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError(clientId + ": connection open (expected: closed by the broker)", e);
        } catch (IOException e) {
            close(); // the end of the stream, or a reset
        }
    }

    /** The connection breaks: no DISCONNECT, and nothing more is read. */
    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Packet await(int type, int id) {
        Packet packet = await(type);
        while (packet.packetId(0) != id) {
            packet = await(type); // of one that publishOnly() sent
        }
        return packet;
    }

    private Packet await(int type) {
        while (true) {
            Packet packet = read("packet " + Integer.toHexString(type));
            if (packet.type() == type) {
                return packet;
            }
            keep(packet);
        }
    }

    private void keep(Packet packet) {
        if (packet.type() == PUBACK) {
            return; // nobody waits for what publishOnly() sent
        }
        if (packet.type() == (PUBREL & TYPE)) {
            ack(PUBCOMP, packet.packetId(0)); // of a connection before
            return;
        }
        assertThat(packet.type()).as("type of the packet").isEqualTo(PUBLISH);
        byte[] body = packet.body;
        int topicEnd = 2 + packet.packetId(0);
        int qos = packet.first >> 1 & 3;
        int bodyStart = qos == 0 ? topicEnd : topicEnd + 2;
        inbox.add(new Delivery(
                new String(body, 2, topicEnd - 2, StandardCharsets.UTF_8),
                new String(body, bodyStart, body.length - bodyStart, StandardCharsets.UTF_8),
                qos,
                (packet.first & 8) != 0,
                qos == 0 ? 0 : packet.packetId(topicEnd)));
    }

    private Packet read(String expected) {
        try {
            return readPacket();
        } catch (SocketTimeoutException e) {
            throw new AssertionError(clientId + ": nothing in time (expected: " + expected + ")", e);
        } catch (IOException e) {
            throw new AssertionError(clientId + ": closed (expected: " + expected + ")", e);
        }
    }

    private Packet readPacket() throws IOException {
        DataInputStream from = Objects.requireNonNull(in);
        int first = from.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int more;
        do {
            more = from.readUnsignedByte();
            length |= (more & 0x7F) << shift;
            shift += 7;
        } while (more > 0x7F);
        byte[] body = new byte[length];
        from.readFully(body);
        return new Packet(first, body);
    }

    private void ack(int type, int id) {
        send(type, out -> out.writeShort(id));
    }

    private int nextPacketId() {
        packetId = packetId % 65_535 + 1;
        return packetId;
    }

    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    private void send(int first, Body writer) {
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            writer.write(new DataOutputStream(body));
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            packet.write(first);
            int rest = body.size();
            do {
                packet.write((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
                rest >>>= 7;
            } while (rest > 0);
            body.writeTo(packet);
            Objects.requireNonNull(socket).getOutputStream().write(packet.toByteArray());
        } catch (IOException e) {
            // Closed while we wrote; what is read next finds out.
        }
    }
}
