package dev.skein.node.edge;

import dev.skein.node.admission.Budget;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands where the TLS handler comes, until the node has room for one more handshake. The socket is not read meanwhile;
 * what came with the PROXY header waits here.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
final class HandshakeGate extends ChannelInboundHandlerAdapter implements Budget.Waiter {
    private final Listener listener;
    private final Object remote;
    private final Deque<Object> held = new ArrayDeque<>(1);
    private @Nullable ChannelHandlerContext context;
    private Budget.@Nullable Ticket ticket;

    HandshakeGate(Listener listener, Object remote) {
        this.listener = listener;
        this.remote = remote;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        Budget.Ticket asked = listener.handshakes().enter(this);
        ticket = asked;
        switch (asked.entered()) {
            case WAITING -> ctx.channel().config().setAutoRead(false);
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

    private void begin(ChannelHandlerContext ctx, Budget.Ticket now) {
        if (ctx.isRemoved() || !ctx.channel().isOpen()) {
            now.done();
            return;
        }
        now.mayLapse();
        SslHandler handler = listener.newTlsHandler(ctx.alloc());
        handler.handshakeFuture().addListener(_ -> now.done());
        ctx.pipeline().addAfter(ctx.name(), null, handler);
        ctx.pipeline().addAfter(ctx.name(), null, new PlainAlert());
        for (Object next = held.poll(); next != null; next = held.poll()) {
            ctx.fireChannelRead(next);
        }
        ctx.fireChannelReadComplete();
        ctx.pipeline().remove(this);
        ctx.channel().config().setAutoRead(true);
    }

    private void refuse(String reason, String detail) {
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        if (ctx.channel().isOpen()) {
            listener.refused(remote, reason, detail);
            ctx.pipeline().remove(ConnectionSetup.class); // it would report the end once more
            ctx.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        held.add(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nothing was passed on.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Objects.requireNonNull(ticket).done();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }
}
