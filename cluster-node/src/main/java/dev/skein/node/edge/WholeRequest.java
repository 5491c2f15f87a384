package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * In front of HTTP: keeps the bytes of a request until its blank line has come. Were it read line by line, a header of
 * six bytes would be objects of a hundred and more while the rest is awaited. Confined to the connection's event loop.
 */
final class WholeRequest extends ChannelInboundHandlerAdapter {
    /** The end of the last header and the blank line. */
    private static final int END = ('\r' << 24) | ('\n' << 16) | ('\r' << 8) | '\n';

    private final int max;
    private final ConnectionMemory memory;
    private final Refusal refusal;
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private int counted;
    private boolean passing;
    private boolean refused;

    /** Ends the connection; the reason is one of {@link EdgeCounters#refused}. */
    interface Refusal {
        void refuse(String reason, String detail);
    }

    /**
     * @param max bytes of a request; of a longer one what there is goes on, to be refused
     * @param refusal ends the connection: its client does not speak HTTP, or too much is kept for all in this step
     */
    WholeRequest(int max, ConnectionMemory memory, Refusal refusal) {
        this.max = max;
        this.memory = memory;
        this.refusal = refusal;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (passing || !(msg instanceof ByteBuf in)) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (refused) {
            in.release();
            return;
        }
        int from = Math.max(0, kept.readableBytes() - Integer.BYTES + 1);
        kept = kept.isReadable() ? appended(kept, in) : in;
        String misfit = FirstBytes.of(kept).whereHttpIsExpected();
        if (misfit != null) {
            refuse("websocket-upgrade", misfit);
        } else if (hasEnd(kept, from) || kept.readableBytes() > max || !mayBeRequest(kept)) {
            passOn(ctx);
        } else if (!count(kept.capacity())) {
            refuse("connection-memory-full", memory.toString());
        }
    }

    private void refuse(String reason, String detail) {
        refused = true; // and what is kept is released when the handler goes
        refusal.refuse(reason, detail);
    }

    private static ByteBuf appended(ByteBuf kept, ByteBuf in) {
        try {
            return kept.writeBytes(in);
        } finally {
            in.release();
        }
    }

    private static boolean hasEnd(ByteBuf kept, int from) {
        for (int at = kept.readerIndex() + from; at <= kept.writerIndex() - Integer.BYTES; at++) {
            if (kept.getInt(at) == END) {
                return true;
            }
        }
        return false;
    }

    /** Another protocol, such as MQTT without WebSocket, is refused at once. */
    private static boolean mayBeRequest(ByteBuf kept) {
        byte first = kept.getByte(kept.readerIndex());
        return first >= 'A' && first <= 'Z';
    }

    private boolean count(int bytes) {
        int more = bytes - counted;
        if (more <= 0 || memory.tryHold(more)) {
            counted += Math.max(0, more);
            return true;
        }
        return false;
    }

    private void passOn(ChannelHandlerContext ctx) {
        passing = true;
        ByteBuf whole = kept;
        kept = Unpooled.EMPTY_BUFFER;
        free();
        ctx.fireChannelRead(whole);
    }

    private void free() {
        memory.free(counted);
        counted = 0;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        free();
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }
}
