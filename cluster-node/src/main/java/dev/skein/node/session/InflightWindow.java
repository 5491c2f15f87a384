package dev.skein.node.session;

import dev.skein.protocol.message.MessageId;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Packet identifiers in use towards one client (MQTT 3.1.1 section 2.3.1), each with its state. A table indexed by the
 * low bits of the identifier: identifiers are given in turn and mostly come back in turn, so a lookup is one array
 * access and nothing is allocated for a message.
 */
final class InflightWindow {
    /** Not in use. */
    static final byte FREE = 0;
    /** QoS 1, waits for PUBACK. */
    static final byte AWAIT_ACK = 1;
    /** QoS 2, waits for its {@code Sent} record to be committed. */
    static final byte AWAIT_SENT_COMMIT = 2;
    /** QoS 2, waits for PUBREC. */
    static final byte AWAIT_REC = 3;
    /** QoS 2, waits for its {@code Received} record to be committed. */
    static final byte AWAIT_RECEIVED_COMMIT = 4;
    /** QoS 2, waits for PUBCOMP. */
    static final byte AWAIT_COMP = 5;

    private static final int FIRST_SLOTS = 4;
    private static final int PACKET_IDS = 65_535;

    private final int max;
    private char[] packetIds = new char[FIRST_SLOTS];
    private byte[] states = new byte[FIRST_SLOTS];
    private @Nullable MessageId @Nullable [] ids;
    private int used;
    private int last;
    /** Not in use, and not to be given; made when there are any. */
    private @Nullable BitSet reserved;

    InflightWindow(int max) {
        this.max = max;
    }

    boolean hasRoom() {
        return used < max;
    }

    int used() {
        return used;
    }

    /** Takes a free packet identifier; the caller has checked {@link #hasRoom}. */
    int take(byte state, @Nullable MessageId id) {
        int candidate = last;
        for (int tries = 0; tries <= PACKET_IDS; tries++) {
            candidate = candidate == PACKET_IDS ? 1 : candidate + 1;
            if (states[slot(candidate)] == FREE && !isReserved(candidate)) {
                last = candidate;
                set(candidate, state, id);
                return candidate;
            }
            if (tries == states.length) {
                grow();
            }
        }
        throw new IllegalStateException("packet identifiers: all in use (expected: a free one below the window)");
    }

    /**
     * Keeps {@code packetId} from being given: the client may hold it, until {@link #restore} says for which message.
     */
    void reserve(int packetId) {
        BitSet kept = reserved;
        if (kept == null) {
            kept = new BitSet(0);
            reserved = kept;
        }
        kept.set(packetId);
        last = Math.max(last, packetId);
    }

    /** No message comes for {@code packetId}: it may be given again. */
    void unreserve(int packetId) {
        BitSet kept = reserved;
        if (kept != null) {
            kept.clear(packetId);
            reserved = kept.isEmpty() ? null : kept;
        }
    }

    boolean isReserved(int packetId) {
        return reserved != null && reserved.get(packetId);
    }

    /** Marks {@code packetId} as in use, as it was before the client went away. */
    void restore(int packetId, byte state, @Nullable MessageId id) {
        unreserve(packetId);
        while (states[slot(packetId)] != FREE && packetIds[slot(packetId)] != packetId) {
            grow();
        }
        set(packetId, state, id);
        last = Math.max(last, packetId);
    }

    private void set(int packetId, byte state, @Nullable MessageId id) {
        int slot = slot(packetId);
        if (states[slot] == FREE) {
            used++;
        }
        packetIds[slot] = (char) packetId;
        states[slot] = state;
        if (id != null && ids == null) {
            ids = new MessageId[states.length];
        }
        if (ids != null) {
            ids[slot] = id;
        }
        if (used > states.length / 2 && states.length <= PACKET_IDS) {
            grow();
        }
    }

    /** State of {@code packetId}; FREE when it is not in use. */
    byte state(int packetId) {
        int slot = slot(packetId);
        return packetIds[slot] == packetId ? states[slot] : FREE;
    }

    /** Stored message behind {@code packetId}, or null. */
    @Nullable
    MessageId id(int packetId) {
        return ids == null ? null : ids[slot(packetId)];
    }

    void state(int packetId, byte state) {
        states[slot(packetId)] = state;
    }

    void free(int packetId) {
        int slot = slot(packetId);
        states[slot] = FREE;
        packetIds[slot] = 0;
        if (ids != null) {
            ids[slot] = null;
        }
        used--;
    }

    /** Calls {@code action} with each packet identifier in use. */
    void forEach(Action action) {
        for (int slot = 0; slot < states.length; slot++) {
            if (states[slot] != FREE) {
                action.accept(packetIds[slot], states[slot], ids == null ? null : ids[slot]);
            }
        }
    }

    /** See {@link #forEach}. */
    interface Action {
        void accept(int packetId, byte state, @Nullable MessageId id);
    }

    private int slot(int packetId) {
        return packetId & states.length - 1;
    }

    private void grow() {
        char[] oldPacketIds = packetIds;
        byte[] oldStates = states;
        @Nullable MessageId[] oldIds = ids;
        int slots = oldStates.length * 2;
        packetIds = new char[slots];
        states = new byte[slots];
        ids = oldIds == null ? null : new MessageId[slots];
        for (int i = 0; i < oldStates.length; i++) {
            if (oldStates[i] != FREE) {
                int slot = slot(oldPacketIds[i]);
                packetIds[slot] = oldPacketIds[i];
                states[slot] = oldStates[i];
                if (ids != null && oldIds != null) {
                    ids[slot] = oldIds[i];
                }
            }
        }
    }

    @Override
    public String toString() {
        return "InflightWindow[" + used + " of " + max + ", " + Arrays.toString(states) + "]";
    }
}
