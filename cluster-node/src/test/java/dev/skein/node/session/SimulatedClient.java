package dev.skein.node.session;

import dev.skein.protocol.mqtt.codec.InboundAck;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client with a persistent session of its own (MQTT 3.1.1 section 3.1.2.4): it acknowledges in order. */
final class SimulatedClient {
    private final ArrayDeque<Packet> wire = new ArrayDeque<>();
    private final ArrayDeque<InboundAck> acks = new ArrayDeque<>();
    /** QoS 2 packet identifiers received and not yet released, each with its message. */
    private final Map<Integer, Integer> unreleased = new HashMap<>();

    private final Set<Integer> seen = new HashSet<>();
    private final List<Delivery> deliveries = new ArrayList<>();

    /** A packet on its way; {@code number} is -1 for PUBREL. */
    record Packet(int number, int qos, int packetId, boolean dup) {}

    /** A message that reached the application; {@code first} is false for one that it had already. */
    record Delivery(int number, int qos, boolean first) {}

    void send(Packet packet) {
        wire.add(packet);
    }

    boolean isIdle() {
        return wire.isEmpty() && acks.isEmpty();
    }

    int onTheWire() {
        return wire.size();
    }

    List<Delivery> deliveries() {
        return deliveries;
    }

    /** Takes the next packet off the wire. */
    void receive() {
        Packet packet = wire.poll();
        if (packet == null) {
            return;
        }
        if (packet.number() < 0) {
            unreleased.remove(packet.packetId());
            acks.add(new InboundAck(InboundAck.Kind.PUBCOMP, packet.packetId()));
            return;
        }
        switch (packet.qos()) {
            case 0 -> deliver(packet);
            case 1 -> {
                if (unreleased.containsKey(packet.packetId())) {
                    throw new AssertionError(packet + " (expected: an identifier that is free)");
                }
                deliver(packet);
                acks.add(new InboundAck(InboundAck.Kind.PUBACK, packet.packetId()));
            }
            default -> {
                Integer held = unreleased.putIfAbsent(packet.packetId(), packet.number());
                if (held == null) {
                    deliver(packet);
                }
                if (held != null && held != packet.number()) {
                    throw new AssertionError(packet + " (expected: message " + held + ", which has the identifier)");
                }
                acks.add(new InboundAck(InboundAck.Kind.PUBREC, packet.packetId()));
            }
        }
    }

    private void deliver(Packet packet) {
        deliveries.add(new Delivery(packet.number(), packet.qos(), seen.add(packet.number())));
    }

    /** The next acknowledgement that reaches the broker, or null. */
    @Nullable
    InboundAck acknowledge() {
        return acks.poll();
    }

    /** The connection is gone with all that was on its way. */
    void disconnected() {
        wire.clear();
        acks.clear();
    }
}
