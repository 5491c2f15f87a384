package dev.skein.node.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The receiving end of one stream: puts segments together in their order, each once, and reads the frames in them.
 * Confined to one event loop.
 */
public final class InboundStream {
    private static final int FIRST = 1024;
    private static final int KEEP_MAX = 256 * 1024;

    private final Frame.Receiver receiver;
    private final ByteBuf rest = Unpooled.buffer(FIRST);
    private long taken;

    /** A stream of which nothing has come yet. */
    public InboundStream(Frame.Receiver receiver) {
        this.receiver = receiver;
    }

    /**
     * Takes a segment; one that came before, or one with a gap before it, changes nothing.
     *
     * @return whether it was the next one
     */
    public boolean take(long sequence, byte[] bytes) {
        if (sequence != taken + 1) {
            return false;
        }
        taken = sequence;
        if (rest.isReadable()) {
            rest.writeBytes(bytes);
            read(rest);
            tidy();
        } else {
            ByteBuf whole = Unpooled.wrappedBuffer(bytes); // mostly a segment holds whole frames
            read(whole);
            rest.writeBytes(whole);
        }
        return true;
    }

    private void read(ByteBuf from) {
        while (Frame.isWhole(from)) {
            Frame.read(from, receiver);
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

    /** The last segment taken; everything before it was too. */
    public long taken() {
        return taken;
    }
}
