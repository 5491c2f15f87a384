package dev.skein.node.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Takes one connection through its PROXY header, TLS handshake and WebSocket upgrade, each where the listener has it,
 * then hands it over and leaves the pipeline. It stands last in the pipeline; the handler of each step is put in front
 * of it, and the handlers of HTTP are taken out again.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
final class ConnectionSetup extends ChannelInboundHandlerAdapter {

    private static final int MAX_REQUEST_LINE = 4096;
    private static final int MAX_HEADERS = 16 * 1024;
    private static final int MAX_BODY = 1024;

    private enum Step {
        PROXY_HEADER,
        TLS_HANDSHAKE,
        WEBSOCKET_UPGRADE,
        DONE
    }

    private final Listener listener;
    private InetSocketAddress remote;
    private @Nullable ClientCertificate clientCertificate;
    private @Nullable ScheduledFuture<?> deadline;
    private long pausedAt;
    private Step step = Step.DONE;

    private long since = System.nanoTime(); // less the time for which the client had to wait

    private ConnectionSetup(Listener listener, InetSocketAddress remote) {
        this.listener = listener;
        this.remote = remote;
    }

    /** Called on the connection's event loop, right after it was registered. */
    static void begin(Channel channel, Listener listener) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            // The client has gone between accept and now.
            channel.close();
            return;
        }
        ListenerSettings settings = listener.settings();
        if (!settings.proxyProtocol() && !listener.admit(channel, remote)) {
            return;
        }
        if (!settings.proxyProtocol() && !settings.tls() && !settings.webSocket()) {
            listener.hand(channel, new ConnectionInfo(settings, remote, null, System.nanoTime()));
            return;
        }
        if (settings.proxyProtocol() && !settings.trustedProxies().contain(remote.getAddress())) {
            listener.refused(
                    remote, "proxy-untrusted", settings.key("trusted-proxies") + ": the sender is none of them");
            channel.close();
            return;
        }
        channel.pipeline().addLast(new ConnectionSetup(listener, remote));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        startDeadline(ctx);
        if (listener.settings().proxyProtocol()) {
            step = Step.PROXY_HEADER;
            before(ctx, new ProxyHeader());
        } else {
            secure(ctx);
        }
    }

    private static void before(ChannelHandlerContext ctx, ChannelHandler handler) {
        ctx.pipeline().addBefore(ctx.name(), null, handler);
    }

    private void secure(ChannelHandlerContext ctx) {
        if (!listener.settings().tls()) {
            upgrade(ctx);
            return;
        }
        step = Step.TLS_HANDSHAKE;
        before(ctx, new ReadGate());
        before(ctx, new HandshakeGate(listener, remote, this));
    }

    private void upgrade(ChannelHandlerContext ctx) {
        if (!listener.settings().webSocket()) {
            finish(ctx);
            return;
        }
        step = Step.WEBSOCKET_UPGRADE;
        before(ctx, new WholeRequest(MAX_REQUEST_LINE + MAX_HEADERS, listener.memory(), (reason, detail) -> {
            refuse(reason, detail);
            ctx.close();
        }));
        before(ctx, new HttpServerCodec(MAX_REQUEST_LINE, MAX_HEADERS, MAX_BODY));
        before(ctx, new HttpObjectAggregator(MAX_BODY));
    }

    private void finish(ChannelHandlerContext ctx) {
        step = Step.DONE;
        stopDeadline();
        listener.hand(ctx.channel(), new ConnectionInfo(listener.settings(), remote, clientCertificate, since));
        // Last, so that what comes after passes from the steps' handlers to the new ones.
        ctx.pipeline().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws UnknownHostException {
        try {
            switch (msg) {
                case HAProxyMessage header when step == Step.PROXY_HEADER -> proxied(ctx, header);
                case FullHttpRequest request when step == Step.WEBSOCKET_UPGRADE -> requested(ctx, request);
                default -> {
                    // The connection is being closed.
                }
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    private void proxied(ChannelHandlerContext ctx, HAProxyMessage header) throws UnknownHostException {
        remote = Objects.requireNonNullElse(ProxyHeader.client(header), remote);
        if (listener.admit(ctx.channel(), remote)) {
            secure(ctx);
        } else {
            step = Step.DONE;
        }
    }

    private void requested(ChannelHandlerContext ctx, FullHttpRequest request) {
        Origins origins = listener.settings().origins();
        boolean allowed = origins.allow(
                request.headers().get(HttpHeaderNames.ORIGIN),
                request.headers().get(HttpHeaderNames.HOST),
                remote.getAddress());
        if (!allowed) {
            String key = listener.settings().key("origins");
            String origin = request.headers().get(HttpHeaderNames.ORIGIN);
            refuse("websocket-origin", "Origin: " + origin + " (expected: none, or one of " + key + ")");
            answerAndClose(ctx, WebSocketUpgrade.forbidden(key));
            return;
        }
        FullHttpResponse response = WebSocketUpgrade.answer(request);
        HttpResponseStatus status = response.status();
        if (!status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            refuse("websocket-upgrade", request.method() + " answered with " + status);
            answerAndClose(ctx, response);
            return;
        }
        ctx.writeAndFlush(response);
        ChannelPipeline pipeline = ctx.pipeline();
        before(ctx, new WebSocketFrames());
        finish(ctx);
        pipeline.remove(WholeRequest.class);
        pipeline.remove(HttpObjectAggregator.class);
        // Passes on what came behind the request.
        pipeline.remove(HttpServerCodec.class);
    }

    /** The deadline stays: it also ends a client that does not read the answer. */
    private static void answerAndClose(ChannelHandlerContext ctx, FullHttpResponse response) {
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && step == Step.TLS_HANDSHAKE) {
            if (handshake.isSuccess()) {
                SslHandler tls = ctx.pipeline().get(SslHandler.class);
                clientCertificate = certificate(tls.engine().getSession());
                ctx.pipeline().remove(PlainAlert.class);
                upgrade(ctx);
            } else {
                // The TLS handler sends its alert and closes.
                step = Step.DONE;
                handshakeFailed(ctx, handshake.cause());
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void handshakeFailed(ChannelHandlerContext ctx, Throwable cause) {
        listener.handshakeFailed(remote, cause, ctx.pipeline().get(PlainAlert.class));
    }

    private @Nullable ClientCertificate certificate(SSLSession session) {
        try {
            if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                String subject = certificate.getSubjectX500Principal().getName();
                return new ClientCertificate(
                        subject,
                        certificate.getSerialNumber(),
                        listener.settings().identity().of(certificate));
            }
            return null;
        } catch (SSLPeerUnverifiedException e) {
            // The client has shown none, which the settings allow.
            return null;
        }
    }

    /** A client that does not take its answers is not read, or they would pile up: TLS gives some by itself. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (step == Step.WEBSOCKET_UPGRADE) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (step == Step.TLS_HANDSHAKE) {
            step = Step.DONE;
            handshakeFailed(ctx, cause);
        } else if (step != Step.DONE) {
            Throwable root = cause.getCause() == null ? cause : cause.getCause();
            boolean header = cause instanceof HAProxyProtocolException || root instanceof HAProxyProtocolException;
            refuse(header ? "proxy-header" : root instanceof IOException ? "closed" : "error", root.toString());
        }
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopDeadline();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopDeadline();
        refuse("closed", step.toString());
        ctx.fireChannelInactive();
    }

    private void refuse(String reason, String detail) {
        if (step == Step.TLS_HANDSHAKE) {
            listener.handshakeFailed(remote, reason, detail);
        } else if (step != Step.DONE) {
            listener.refused(remote, reason, detail);
        }
        step = Step.DONE;
    }

    /** One for all steps, and for CONNECT. */
    private void startDeadline(ChannelHandlerContext ctx) {
        long left = listener.edge().connectTimeout().toNanos() - (System.nanoTime() - since);
        deadline = ctx.executor().schedule(() -> expired(ctx), left, TimeUnit.NANOSECONDS);
    }

    /** From now on the client waits for this node. */
    void pauseDeadline() {
        stopDeadline();
        pausedAt = System.nanoTime();
    }

    /** The node waits for the client again, if it did not. */
    void goOn(ChannelHandlerContext ctx) {
        if (deadline == null) {
            since += System.nanoTime() - pausedAt;
            startDeadline(ctx);
        }
    }

    private void expired(ChannelHandlerContext ctx) {
        refuse("timeout", step.toString());
        ctx.close();
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
