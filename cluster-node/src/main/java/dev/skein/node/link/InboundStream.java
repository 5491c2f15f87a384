package dev.skein.node.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The receiving end of one stream: puts segments together in their order, each once, and reads the frames in them.
 * Confined to one event loop.
 */
public final class InboundStream {
    private static final int FIRST = 1024;
    /** Bytes taken, or segments, after which the sender is told though it does not wait. */
    private static final int TELL_BYTES = 1024 * 1024;

    private static final int KEEP_MAX = 256 * 1024;

    private final Frame.Receiver receiver;
    private final Frame.Recent recent = new Frame.Recent();
    private final ByteBuf rest = Unpooled.buffer(FIRST);
    private long taken;
    private long told;
    private long bytesUntold;

    /** A stream of which nothing has come yet. */
    public InboundStream(Frame.Receiver receiver) {
        this.receiver = receiver;
    }

    /**
     * Takes a segment; one that came before, or one with a gap before it, changes nothing. What is no frame is lost
     * with the rest of its segment, and the next one is read anew: mostly it begins with a frame.
     *
     * @return whether it was the next one
     * @throws MalformedFrameException when it has something else than frames; it counts as taken
     */
    public boolean take(long sequence, byte[] bytes) {
        if (sequence != taken + 1) {
            return false;
        }
        taken = sequence;
        bytesUntold += bytes.length;
        try {
            frames(bytes);
        } catch (MalformedFrameException e) {
            rest.clear();
            throw e;
        }
        return true;
    }

    private void frames(byte[] bytes) {
        if (rest.isReadable()) {
            rest.writeBytes(bytes);
            read(rest);
            tidy();
        } else {
            ByteBuf whole = Unpooled.wrappedBuffer(bytes); // mostly a segment holds whole frames
            read(whole);
            rest.writeBytes(whole);
        }
    }

    private void read(ByteBuf from) {
        while (Frame.isWhole(from)) {
            Frame.read(from, recent, receiver);
        }
    }

    private void tidy() {
        if (rest.isReadable()) {
            rest.discardReadBytes();
        } else {
            rest.clear();
            if (rest.capacity() > KEEP_MAX) {
                rest.capacity(FIRST);
            }
        }
    }

    /** Whether so much was taken since the last {@link #tell} that the sender should hear of it. */
    public boolean shouldTell() {
        return bytesUntold >= TELL_BYTES;
    }

    /** Whether the sender does not know of all that was taken. */
    public boolean hasUntold() {
        return told != taken;
    }

    /** The last segment taken, to be told to the sender; everything before it was taken too. */
    public long tell() {
        told = taken;
        bytesUntold = 0;
        return taken;
    }
}
