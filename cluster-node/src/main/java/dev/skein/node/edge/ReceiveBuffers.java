package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How much is read from a socket at once: little at first, since most connections are idle devices, and more for those
 * that send much. One read in a round of the event loop, so that no socket keeps the others waiting; what is left is
 * read in the next. Does what Netty's adaptive allocator does with a fifth of its memory for each connection.
 */
final class ReceiveBuffers implements RecvByteBufAllocator {
    private static final int SMALLEST = 256;
    private static final int LARGEST = 64 * 1024;
    private static final int FIRST = 1024;

    @Override
    public ExtendedHandle newHandle() {
        return new Sizes();
    }

    /** Confined to the event loop of its connection. */
    private static final class Sizes implements ExtendedHandle {
        private int size = FIRST;
        private int attempted;
        private int last;
        private boolean mayShrink;

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            return alloc.ioBuffer(size);
        }

        @Override
        public int guess() {
            return size;
        }

        @Override
        public void reset(ChannelConfig config) {
            last = 0;
        }

        @Override
        public void incMessagesRead(int messages) {
            // There is one.
        }

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
            if (bytes >= size) {
                size = Math.min(LARGEST, size * 4);
                mayShrink = false;
            } else if (bytes > 0 && bytes <= size / 2) {
                if (mayShrink) { // two in turn: one small read says little
                    size = Math.max(SMALLEST, size / 2);
                }
                mayShrink = !mayShrink;
            } else {
                mayShrink = false;
            }
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return false;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return false;
        }

        @Override
        public void readComplete() {
            // Its size follows each read.
        }
    }
}
