package dev.skein.node.edge.mqtt;

import dev.skein.protocol.wire.DurationText;
import java.time.Duration;

/**
 * Whether the packet that is just being sent by a client comes on. Looked at a few times each second, so that packets
 * that come as a whole cost nothing. Confined to the event loop of its connection.
 */
final class PacketPace {
    private long packets = -1;
    private long since; // begin of the present stretch of time
    private long bytesThen;
    private long before;

    /**
     * How slowly a packet may come.
     *
     * @param stretch time for a whole packet, or, when it is longer, for {@code bytesPerSecond} of each second of it
     * @param bytesPerSecond 0: a packet that is not whole after a stretch is too slow
     */
    record Bound(Duration stretch, int bytesPerSecond) {
        long bytes() {
            return bytesPerSecond == 0 ? Long.MAX_VALUE : bytesPerSecond * stretch.toMillis() / 1000;
        }
    }

    /**
     * Whether the client is too slow.
     *
     * @param now {@link System#nanoTime}
     * @param read whether its socket is read; what it cannot send is not its fault
     * @param begun tells one packet from the next
     * @param bytes of the packet so far
     */
    boolean isTooSlow(Bound bound, long now, boolean read, long begun, long bytes) {
        if (begun != packets) {
            packets = begun;
            begin(now, bytes);
        } else if (!read) {
            since += now - before;
        } else if (now - since >= bound.stretch().toNanos()) {
            if (bytes - bytesThen < bound.bytes()) {
                return true;
            }
            begin(now, bytes);
        }
        before = now;
        return false;
    }

    private void begin(long now, long bytes) {
        since = now;
        before = now;
        bytesThen = bytes;
    }

    /** What is wrong, for the log. */
    static String describe(Bound bound, long bytes) {
        return "packet: %d bytes of it have come, fewer than %d in %s (expected: a whole packet, or so many)"
                .formatted(bytes, bound.bytes(), DurationText.of(bound.stretch()));
    }
}
