package dev.skein.node.edge;

import dev.skein.node.admission.Budget;
import dev.skein.node.net.AddressGroup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands where the TLS handler comes, until the ClientHello has come as a whole and the node has room for one more
 * handshake; addresses take turns. Who sends nothing takes no room. While it waits for its turn, the socket is not
 * read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
final class HandshakeGate extends ChannelInboundHandlerAdapter implements Budget.Waiter {
    /** A ClientHello, the headers of its records and what one read adds. */
    private static final int HELD_MAX = 4 * ClientHello.MAX;

    private final Listener listener;
    private final InetSocketAddress remote;
    private final ConnectionSetup setup;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private int counted;
    private boolean decided;
    private @Nullable ChannelHandlerContext context;
    private Budget.@Nullable Ticket ticket;

    /** @param setup its deadline stands still while the node has no turn to give */
    HandshakeGate(Listener listener, InetSocketAddress remote, ConnectionSetup setup) {
        this.listener = listener;
        this.remote = remote;
        this.setup = setup;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, (ByteBuf) msg);
        if (decided) {
            return; // it waits for its turn, or is being closed
        }
        switch (ClientHello.of(held)) {
            case PARTIAL -> {
                if (held.readableBytes() > HELD_MAX) {
                    tooLong();
                } else if (!count(held.capacity())) {
                    refuse("connection-memory-full", listener.memory().toString());
                }
            }
            case WHOLE -> enter(ctx);
            case TOO_LONG -> tooLong();
            case OTHER -> begin(ctx, null); // fails at once
        }
    }

    private void tooLong() {
        refuse("client-hello", "ClientHello: longer than " + ClientHello.MAX + " bytes (expected: at most so many)");
    }

    private boolean count(int bytes) {
        int more = bytes - counted;
        if (more <= 0 || listener.memory().tryHold(more)) {
            counted += Math.max(0, more);
            return true;
        }
        return false;
    }

    private void enter(ChannelHandlerContext ctx) {
        decided = true;
        Budget.Ticket asked = listener.handshakes().enter(AddressGroup.of(remote.getAddress()), this);
        ticket = asked;
        switch (asked.entered()) {
            case WAITING -> {
                setup.pauseDeadline();
                ctx.channel().config().setAutoRead(false);
            }
            case FULL ->
                refuse(
                        "admission-full",
                        "skein.admission.waiting: too many TLS handshakes wait, the client should retry later");
            case ADMITTED, OVERDUE, DONE -> begin(ctx, asked);
        }
    }

    @Override
    public void admitted(Budget.Ticket now) {
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        ctx.executor().execute(() -> begin(ctx, now));
    }

    @Override
    public void overdue(Budget.Ticket late) {
        Objects.requireNonNull(context)
                .executor()
                .execute(() -> refuse("admission-overdue", "skein.admission.wait-timeout: no turn for its handshake"));
    }

    private void begin(ChannelHandlerContext ctx, Budget.@Nullable Ticket now) {
        decided = true;
        if (ctx.isRemoved() || !ctx.channel().isOpen()) {
            over(now);
            return;
        }
        if (now != null) {
            now.mayLapse();
        }
        setup.goOn(ctx);
        SslHandler handler = listener.newTlsHandler(ctx.alloc());
        handler.handshakeFuture().addListener(_ -> over(now));
        ctx.pipeline().addAfter(ctx.name(), null, handler);
        ctx.pipeline().addAfter(ctx.name(), null, new PlainAlert());
        ByteBuf hello = held;
        held = Unpooled.EMPTY_BUFFER;
        ctx.fireChannelRead(hello);
        ctx.fireChannelReadComplete();
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
        ctx.channel().config().setAutoRead(true);
    }

    private static void over(Budget.@Nullable Ticket now) {
        if (now != null) {
            now.done();
        }
    }

    private void refuse(String reason, String detail) {
        decided = true;
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        if (ctx.channel().isOpen()) {
            listener.refused(remote, reason, detail);
            ctx.pipeline().remove(ConnectionSetup.class); // it would report the end once more
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nothing was passed on.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over(ticket);
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        listener.memory().free(counted);
        counted = 0;
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }
}
