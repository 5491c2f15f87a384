package dev.skein.node.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One event loop's stream of frames to one other node: frames of a round become segments, which are kept until the
 * other node has acknowledged them and sent again when it does not. Confined to its event loop.
 */
public final class OutboundStream {
    /** Bytes of a segment, at the most. */
    static final int SEGMENT_MAX = 128 * 1024;

    /** Bytes on their way above which the stream is full. */
    static final long WINDOW_BYTES = 16L * 1024 * 1024;

    private static final int FIRST = 1024;

    private final Output output;
    private final ArrayDeque<Sent> unacknowledged = new ArrayDeque<>();
    private final ByteBuf current = Unpooled.buffer(FIRST);
    private List<Runnable> waiting = new ArrayList<>();
    private long sequence;
    private long oldestBefore;
    private long bytesUnderWay;
    private boolean ended;
    private boolean leftOut;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(long sequence, byte[] bytes, List<Runnable> accepted) {}

    /** Where segments go. */
    public interface Output {
        /** Sends a segment; it may get lost. */
        void send(long sequence, byte[] bytes, boolean awaited);
    }

    /** An empty stream. */
    public OutboundStream(Output output) {
        this.output = output;
    }

    /** Appends a frame; it leaves with {@link #flush}. */
    public void write(
            Frame.Kind kind,
            Frame.Header header,
            String instance,
            Frame.Targets targets,
            byte[] topic,
            byte[] payload) {
        if (!ended) {
            Frame.write(current, kind, header, instance, targets, topic, payload);
        }
    }

    /** A frame is not written, because the stream is full; {@link #catchUp} tells when to say so. */
    public void leaveOut() {
        leftOut = true;
    }

    /** Whether frames were left out and there is room again; then the other node is to be told, once. */
    public boolean catchUp() {
        if (!leftOut || isFull()) {
            return false;
        }
        leftOut = false;
        return true;
    }

    /** Runs {@code accepted} once the other node has taken everything written so far, or is gone. */
    public void whenAccepted(Runnable accepted) {
        if (ended) {
            accepted.run();
        } else {
            waiting.add(accepted);
        }
    }

    /** Whether so much is on its way that nothing more should be written. */
    public boolean isFull() {
        return bytesUnderWay + current.readableBytes() > WINDOW_BYTES;
    }

    /** Bytes written and not acknowledged. */
    public long pendingBytes() {
        return bytesUnderWay + current.readableBytes();
    }

    /** Whether {@link #flush} has something to send. */
    public boolean isDirty() {
        return current.isReadable();
    }

    /** Sends what was written. */
    public void flush() {
        while (current.isReadable()) {
            byte[] bytes = new byte[Math.min(SEGMENT_MAX, current.readableBytes())];
            current.readBytes(bytes);
            List<Runnable> accepted = List.of();
            if (!current.isReadable() && !waiting.isEmpty()) {
                accepted = waiting;
                waiting = new ArrayList<>();
            }
            unacknowledged.add(new Sent(++sequence, bytes, accepted));
            bytesUnderWay += bytes.length;
            output.send(sequence, bytes, !accepted.isEmpty());
        }
        if (current.capacity() > SEGMENT_MAX) {
            current.clear().capacity(FIRST);
        } else {
            current.clear();
        }
    }

    /** The other node has taken every segment up to {@code upTo}. */
    public void acknowledged(long upTo) {
        while (!unacknowledged.isEmpty() && unacknowledged.peek().sequence() <= upTo) {
            Sent sent = unacknowledged.remove();
            bytesUnderWay -= sent.bytes().length;
            sent.accepted().forEach(Runnable::run);
        }
    }

    /**
     * Called from time to time: what was not acknowledged since the last call is sent once more.
     *
     * @return how many segments
     */
    public int resend() {
        long oldest = unacknowledged.isEmpty() ? 0 : unacknowledged.peek().sequence();
        boolean late = oldest != 0 && oldest == oldestBefore;
        if (late) {
            unacknowledged.forEach(each -> output.send(each.sequence(), each.bytes(), true));
        }
        oldestBefore = oldest;
        return late ? unacknowledged.size() : 0;
    }

    /** The other node is gone: what is on its way is nobody's any more. */
    public void end() {
        ended = true;
        List<Runnable> all = new ArrayList<>();
        unacknowledged.forEach(each -> all.addAll(each.accepted()));
        all.addAll(waiting);
        unacknowledged.clear();
        waiting = new ArrayList<>();
        current.clear();
        bytesUnderWay = 0;
        all.forEach(Runnable::run);
    }
}
