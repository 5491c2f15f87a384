package dev.skein.node.edge;

import dev.skein.node.admission.Budget;
import dev.skein.node.net.LimitedLog;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One open listener: accepts connections, takes each through its setup and hands it to the protocol. */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
final class Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final Pattern DISTRUST =
            Pattern.compile("unknown_ca|certificate_unknown|bad_certificate|certificate_expired");
    private static final int REFUSALS_LOGGED_PER_SECOND = 10;
    private static final long ACCEPT_PAUSE_MILLIS = 200;

    private final ListenerSettings settings;
    private final EdgeSettings edge;
    private final TlsSettings tls;
    private final @Nullable TlsContexts contexts;
    private final ConnectionInitializer initializer;
    private final EdgeCounters counters;
    private final Connections connections;
    private final ConnectionMemory memory;
    private final Budget handshakes;
    private final LimitedLog refusals = new LimitedLog(LOG, REFUSALS_LOGGED_PER_SECOND, System::nanoTime);
    private final LimitedLog pauses = new LimitedLog(LOG, 1, System::nanoTime);
    /** One object for all connections. */
    private final ChannelFutureListener whenClosed;

    Listener(
            ListenerSettings settings,
            EdgeSettings edge,
            TlsSettings tls,
            @Nullable TlsContexts contexts,
            ConnectionInitializer initializer,
            EdgeCounters counters,
            Connections connections,
            ConnectionMemory memory,
            Budget handshakes) {
        this.settings = settings;
        this.edge = edge;
        this.tls = tls;
        this.contexts = contexts;
        this.initializer = initializer;
        this.counters = counters;
        this.connections = connections;
        this.memory = memory;
        this.handshakes = handshakes;
        this.whenClosed = future -> {
            connections.remove(future.channel());
            counters.closed(settings.name());
        };
    }

    ListenerSettings settings() {
        return settings;
    }

    EdgeSettings edge() {
        return edge;
    }

    /** How many TLS handshakes the node makes at once. */
    Budget handshakes() {
        return handshakes;
    }

    /** What connections hold. */
    ConnectionMemory memory() {
        return memory;
    }

    /** With the certificates of now. */
    SslHandler newTlsHandler(ByteBufAllocator allocator) {
        SslHandler handler = Objects.requireNonNull(contexts).current().newHandler(allocator);
        handler.setHandshakeTimeoutMillis(tls.handshakeTimeout().toMillis());
        return handler;
    }

    /** Gives a connection to the protocol; one that it fails on is closed. */
    void hand(Channel channel, ConnectionInfo info) {
        try {
            if (!settings.webSocket()) {
                channel.pipeline().addLast(new FirstBytesCheck());
            }
            initializer.init(channel, info);
        } catch (RuntimeException e) {
            LOG.error("{} {}: the connection could not be set up", settings.name(), info.remote(), e);
            counters.refused(settings.name(), "error");
            channel.close();
        }
    }

    /** Whether the address of a connection, which is known now, has room for it; else it is refused and closed. */
    boolean admit(Channel channel, InetSocketAddress remote) {
        if (connections.isFrom(channel, remote.getAddress())) {
            return true;
        }
        refused(
                remote,
                "max-connections-per-address",
                "skein.edge.max-connections-per-address: " + edge.maxConnectionsPerAddress());
        channel.close();
        return false;
    }

    void refused(Object remote, String reason, String detail) {
        counters.refused(settings.name(), reason);
        report(remote, reason, detail);
    }

    /** @param clear what the client has sent in clear text, or null when that was not looked at */
    void handshakeFailed(Object remote, Throwable cause, @Nullable PlainAlert clear) {
        String alert = clear == null ? null : clear.name();
        String misfit = clear == null ? null : clear.first().whereTlsIsExpected();
        String reason = alert == null ? handshakeFailure(cause) : "alert";
        counters.tlsHandshakeFailed(settings.name(), reason);
        String text = alert == null
                ? Objects.requireNonNullElse(misfit, String.valueOf(cause.getMessage()))
                : "Received fatal alert: " + alert;
        report(remote, "TLS handshake failed: " + reason, text + meaning(text));
    }

    /** @param reason {@code timeout} or {@code closed} */
    void handshakeFailed(Object remote, String reason, String detail) {
        counters.tlsHandshakeFailed(settings.name(), reason);
        report(remote, "TLS handshake failed: " + reason, detail);
    }

    private static String meaning(String text) {
        boolean distrust = text.contains("alert: ") && DISTRUST.matcher(text).find();
        return distrust ? "; the client does not trust skein.tls.certificate" : "";
    }

    private void report(Object remote, String what, String detail) {
        // Health checks of load balancers connect and close; they are no news.
        if (what.endsWith("closed")) {
            LOG.debug("{} {}: {} ({})", settings.name(), remote, what, detail);
        } else {
            refusals.info(settings.name(), remote, what, detail);
        }
    }

    /** One of the reasons of {@link EdgeCounters#tlsHandshakeFailed}. */
    static String handshakeFailure(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof SslHandshakeTimeoutException) {
            return "timeout";
        } else if (text.contains("Empty client certificate chain")) {
            return "no-client-certificate";
        } else if (text.contains("Received fatal alert")) {
            return "alert";
        } else if (text.contains("Connection closed while")) {
            return "closed";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSslRecordException) {
                return "not-tls";
            } else if (cause instanceof GeneralSecurityException) {
                return "client-certificate";
            }
        }
        return failure instanceof SSLException ? "protocol" : "closed";
    }

    /** The first handler of the server socket: bounds the connections and outlives failures of accept. */
    ChannelInboundHandlerAdapter acceptor() {
        return new Acceptor();
    }

    /** The first handler of every connection. */
    ChannelInitializer<Channel> starter() {
        return new Starter();
    }

    private final class Acceptor extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            Channel child = (Channel) msg;
            if (memory.isFull()) {
                child.unsafe().closeForcibly();
                memory.countClosed();
                refused(child.remoteAddress(), "connection-memory-full", memory.toString());
                return;
            }
            if (!connections.add(child)) {
                child.unsafe().closeForcibly();
                refused(
                        child.remoteAddress(),
                        "max-connections",
                        "skein.edge.max-connections: " + edge.maxConnections());
                return;
            }
            counters.accepted(settings.name());
            child.closeFuture().addListener(whenClosed);
            ctx.fireChannelRead(child);
        }

        // Mostly: no file descriptor left. Accepting again at once would only spin.
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            counters.acceptPaused(settings.name());
            pauses.info(settings.name(), ctx.channel().localAddress(), "accept failed", cause.toString());
            ctx.channel().config().setAutoRead(false);
            ctx.executor()
                    .schedule(
                            () -> ctx.channel().config().setAutoRead(true), ACCEPT_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Sharable
    private final class Starter extends ChannelInitializer<Channel> {

        @Override
        protected void initChannel(Channel channel) {
            ConnectionSetup.begin(channel, Listener.this);
        }
    }
}
