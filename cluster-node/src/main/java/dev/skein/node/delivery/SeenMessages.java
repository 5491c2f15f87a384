package dev.skein.node.delivery;

import dev.skein.node.link.Frame;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which messages that are to come once this node has handed to its connections lately. A publisher that repeats a
 * message by way of another node makes it go to all nodes once more, for some may not have got it from the first; those
 * that did drop it. So with a will whose node died while it was published. Holds the last {@value #SIZE} messages, or
 * somewhat fewer: a newer one may stand in the place of an older. Thread-safe.
 */
final class SeenMessages {
    private static final int SIZE = 1 << 16;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final int SHIFT = Long.SIZE - 16;

    private final AtomicLongArray seen = new AtomicLongArray(SIZE);

    /** Whether {@code message} was not asked about before for receivers of that kind, as far as is remembered. */
    boolean first(Message message, Frame.Kind kind) {
        MessageId id = message.id();
        // Identities of one moment differ in few bits, and those of two writers in the same ones: all have to count.
        long print = mix(id.sequence() + mix(id.writer() + kind.code()));
        return seen.getAndSet((int) (print >>> SHIFT), print) != print;
    }

    private static long mix(long value) {
        long half = (value ^ value >>> 32) * SPREAD;
        return (half ^ half >>> 29) * SPREAD;
    }
}
