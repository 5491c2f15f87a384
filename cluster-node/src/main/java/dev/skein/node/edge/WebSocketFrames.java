package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Turns WebSocket frames into the byte stream that MQTT is, and back (RFC 6455 section 5).
 *
 * <p>Payload goes on as it arrives: packets may span frames and frames may hold several packets [MQTT-6.0.0-2], and a
 * frame is never buffered, so its size needs no bound and MQTT's own bound on the packet holds before anything is kept.
 * Each {@code ByteBuf} written becomes one binary frame [MQTT-6.0.0-1].
 */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
final class WebSocketFrames extends ChannelDuplexHandler {

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int MAX_CONTROL = 125;
    private static final int MAX_HEADER = 14;
    private static final int MAX_SERVER_HEADER = 10;
    /** Payload up to this size is copied behind its header: one buffer is cheaper to send than two. */
    private static final int COPY_BELOW = 512;

    private static final int NORMAL = 1000;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int UNSUPPORTED_DATA = 1003;

    /** Payload bytes of the current data frame that are still to come. */
    private long remaining;
    /** Masking key, turned so that its first byte is for the next payload byte. */
    private int mask;
    /** Whether a message was begun whose last frame has not come. */
    private boolean inMessage;
    /** Start of a frame that is not whole yet: a header, or a whole control frame at the most. */
    private @Nullable ByteBuf start;

    private boolean closing;
    /** Whether some of a data frame came since the last {@link #channelReadComplete}. */
    private boolean heardData;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = start == null ? (ByteBuf) msg : join(ctx, start, (ByteBuf) msg);
        start = null;
        try {
            while (in.isReadable() && !closing) {
                if (remaining == 0) {
                    if (!readFrameStart(ctx, in)) {
                        heardData |= (in.getByte(in.readerIndex()) & 0x0f) < CLOSE;
                        start = ctx.alloc().buffer(in.readableBytes()).writeBytes(in);
                        return;
                    }
                } else if (remaining >= in.readableBytes()) {
                    heardData = true;
                    unmask(in, in.readableBytes());
                    ByteBuf whole = in.retain();
                    ctx.fireChannelRead(whole);
                    return;
                } else {
                    int length = (int) remaining;
                    heardData = true;
                    unmask(in, length);
                    ctx.fireChannelRead(in.readRetainedSlice(length));
                }
            }
        } finally {
            in.release();
        }
    }

    /** A ping is no sign of life of the MQTT client: a read that held nothing else is none to the handlers behind. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (heardData) {
            heardData = false;
            ctx.fireChannelReadComplete();
        }
    }

    private static ByteBuf join(ChannelHandlerContext ctx, ByteBuf first, ByteBuf second) {
        try {
            return ctx.alloc()
                    .buffer(first.readableBytes() + second.readableBytes())
                    .writeBytes(first)
                    .writeBytes(second);
        } finally {
            first.release();
            second.release();
        }
    }

    /** Reads a header, and a control frame whole; false, with nothing read, when bytes are missing. */
    private boolean readFrameStart(ChannelHandlerContext ctx, ByteBuf in) {
        int readable = in.readableBytes();
        if (readable < 2) {
            return false;
        }
        int first = in.getUnsignedByte(in.readerIndex());
        int second = in.getUnsignedByte(in.readerIndex() + 1);
        int opcode = first & 0x0f;
        boolean last = (first & FIN) != 0;
        int code = violation(opcode, last, first, second);
        if (code != 0) {
            shut(ctx, code);
            return true;
        }
        int shortLength = second & 0x7f;
        int extended = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        boolean control = opcode >= CLOSE;
        int needed = 2 + extended + 4 + (control ? shortLength : 0);
        if (readable < needed) {
            return false;
        }
        in.skipBytes(2);
        long length = extended == 0 ? shortLength : extended == 2 ? in.readUnsignedShort() : in.readLong();
        mask = in.readInt();
        if (length < 0) {
            shut(ctx, PROTOCOL_ERROR);
        } else if (control) {
            control(ctx, opcode, in, (int) length);
        } else {
            remaining = length;
            inMessage = !last;
        }
        return true;
    }

    /** The code to close with, or 0. */
    private int violation(int opcode, boolean last, int first, int second) {
        if ((first & RESERVED) != 0 || (second & MASKED) == 0) {
            return PROTOCOL_ERROR;
        }
        return switch (opcode) {
            case BINARY -> inMessage ? PROTOCOL_ERROR : 0;
            case CONTINUATION -> inMessage ? 0 : PROTOCOL_ERROR;
            // [MQTT-6.0.0-1]: a data frame that is not binary closes the connection.
            case TEXT -> UNSUPPORTED_DATA;
            case CLOSE, PING, PONG -> last && (second & 0x7f) <= MAX_CONTROL ? 0 : PROTOCOL_ERROR;
            default -> PROTOCOL_ERROR;
        };
    }

    private void control(ChannelHandlerContext ctx, int opcode, ByteBuf in, int length) {
        int begin = in.readerIndex();
        unmaskControl(in, length);
        switch (opcode) {
            case CLOSE -> shut(ctx, length == 0 ? NORMAL : closeCode(length == 1 ? 0 : in.getUnsignedShort(begin)));
            // A client that does not read gets no further pongs, or they would pile up.
            case PING -> {
                if (ctx.channel().isWritable()) {
                    ctx.writeAndFlush(frame(ctx, PONG, in.slice(begin, length)));
                }
            }
            default -> {
                // A pong needs no answer.
            }
        }
        in.readerIndex(begin + length);
    }

    /** The code to answer a close frame with: its own, or that it must not be sent (RFC 6455 section 7.4). */
    private static int closeCode(int received) {
        boolean standard = received >= 1000 && received <= 1014 && (received < 1004 || received > 1006);
        boolean free = received >= 3000 && received < 5000;
        return standard || free ? received : PROTOCOL_ERROR;
    }

    private void unmaskControl(ByteBuf in, int length) {
        remaining = length;
        unmask(in, length);
    }

    /** Unmasks the next bytes in place, which are the next ones of the payload. */
    private void unmask(ByteBuf in, int length) {
        int i = in.readerIndex();
        int end = i + length;
        long wide = ((long) mask << 32) | (mask & 0xffff_ffffL);
        for (; i + 8 <= end; i += 8) {
            in.setLong(i, in.getLong(i) ^ wide);
        }
        for (; i < end; i++) {
            in.setByte(i, in.getByte(i) ^ (mask >>> 24));
            mask = Integer.rotateLeft(mask, 8);
        }
        remaining -= length;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof ByteBuf payload) || !payload.isReadable()) {
            ctx.write(msg, promise);
        } else if (closing) {
            ReferenceCountUtil.release(msg);
            promise.tryFailure(new ClosedChannelException());
        } else if (payload.readableBytes() <= COPY_BELOW) {
            ByteBuf copied = frame(ctx, BINARY, payload);
            payload.release();
            ctx.write(copied, promise);
        } else {
            ByteBuf header = ctx.alloc().ioBuffer(MAX_SERVER_HEADER);
            writeHeader(header, BINARY, payload.readableBytes());
            ctx.write(header, ctx.newPromise());
            ctx.write(payload, promise);
        }
    }

    private static ByteBuf frame(ChannelHandlerContext ctx, int opcode, ByteBuf payload) {
        ByteBuf out = ctx.alloc().ioBuffer(MAX_HEADER + payload.readableBytes());
        writeHeader(out, opcode, payload.readableBytes());
        return out.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
    }

    private static void writeHeader(ByteBuf out, int opcode, int length) {
        out.writeByte(FIN | opcode);
        if (length <= MAX_CONTROL) {
            out.writeByte(length);
        } else if (length <= 0xffff) {
            out.writeByte(126).writeShort(length);
        } else {
            out.writeByte(127).writeLong(length);
        }
    }

    /** Says why, then closes; what the client still sends is not read. */
    private void shut(ChannelHandlerContext ctx, int code) {
        sendClose(ctx, code);
        ctx.close();
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        // The close frame is tried once and not waited for: a client that does not read must not hold its connection.
        sendClose(ctx, NORMAL);
        ctx.close(promise);
    }

    private void sendClose(ChannelHandlerContext ctx, int code) {
        if (!closing) {
            closing = true;
            if (ctx.channel().isActive()) {
                ByteBuf out = ctx.alloc().ioBuffer(4);
                writeHeader(out, CLOSE, 2);
                ctx.writeAndFlush(out.writeShort(code));
            }
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (start != null) {
            start.release();
            start = null;
        }
    }
}
