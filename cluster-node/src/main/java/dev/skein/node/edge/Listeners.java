package dev.skein.node.edge;

import dev.skein.node.admission.Budget;
import dev.skein.node.net.OnePort;
import dev.skein.node.tls.UnusableFileException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open listeners of a node and their connections. Any thread may call it. */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    /**
     * Netty's adaptive allocator, unless {@code -Dio.netty.allocator.type=pooled} says otherwise. Measured with 15,000
     * idle connections both take the same memory (3.3 KiB resident each, 1.3 KiB of it heap); a buffer of a message
     * costs a third less with the adaptive one.
     */
    private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

    private static final RecvByteBufAllocator RECEIVE_BUFFERS = new ReceiveBuffers();

    private record Bound(BoundListener what, List<Channel> servers) {}

    private final List<Bound> bound;
    private final Connections connections;
    private final @Nullable TlsContexts contexts;

    private Listeners(List<Bound> bound, Connections connections, @Nullable TlsContexts contexts) {
        this.bound = bound;
        this.connections = connections;
        this.contexts = contexts;
    }

    /**
     * Opens every listener that is enabled, the TLS ones only with a certificate. When one cannot open, none stays
     * open.
     *
     * @param memory what all connections of the node hold; while it is full none is taken in
     * @param handshakes how many TLS handshakes the node makes at once
     * @return completes on an event loop or, when the TLS files are not usable, at once; fails with an
     *     {@link EdgeStartException} or {@link UnusableFileException} that names the key
     */
    public static CompletionStage<Listeners> open(
            EventLoops loops,
            List<ListenerSettings> listeners,
            TlsSettings tls,
            EdgeSettings edge,
            ConnectionInitializer initializer,
            EdgeCounters counters,
            ConnectionMemory memory,
            Budget handshakes) {
        List<ListenerSettings> wanted = listeners.stream()
                .filter(one -> one.enabled() && (!one.tls() || tls.enabled()))
                .toList();
        TlsContexts contexts = null;
        if (wanted.stream().anyMatch(ListenerSettings::tls)) {
            try {
                contexts = TlsContexts.open(tls, counters);
            } catch (UnusableFileException e) {
                return CompletableFuture.failedStage(e);
            }
        }
        Connections connections = new Connections(edge.maxConnections(), edge.maxConnectionsPerAddress());
        Listeners opening = new Listeners(new ArrayList<>(), connections, contexts);
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (ListenerSettings settings : wanted) {
            Listener listener =
                    new Listener(settings, edge, tls, contexts, initializer, counters, connections, memory, handshakes);
            all = all.thenCompose(done -> bind(loops, listener)).thenAccept(opening.bound::add);
        }
        return all.handle((done, failure) -> {
                    if (failure == null) {
                        Listeners opened = new Listeners(List.copyOf(opening.bound), connections, opening.contexts);
                        return CompletableFuture.completedFuture(opened);
                    }
                    opening.close();
                    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                    return CompletableFuture.<Listeners>failedFuture(cause);
                })
                .thenCompose(result -> result);
    }

    private static CompletionStage<Bound> bind(EventLoops loops, Listener listener) {
        ListenerSettings settings = listener.settings();
        return new Sockets(loops, listener)
                .bindAll(settings.hosts().toBind(), settings.port())
                .thenApply(sockets -> {
                    List<InetSocketAddress> addresses =
                            sockets.stream().map(Socket::address).toList();
                    if (addresses.size() > 1) {
                        LOG.info("{} listens at {}", settings.name(), addresses);
                    }
                    return new Bound(
                            new BoundListener(settings.name(), settings.instance(), addresses),
                            sockets.stream().map(Socket::server).toList());
                });
    }

    /** One server socket; the address is the one that was asked for where that is any of the machine. */
    private record Socket(InetSocketAddress address, Channel server) {}

    private record Sockets(EventLoops loops, Listener listener) implements OnePort<Socket> {
        @Override
        public CompletionStage<Socket> bind(String host, int port) {
            ListenerSettings settings = listener.settings();
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                return CompletableFuture.failedStage(
                        new EdgeStartException(settings.key("host"), host, "an address of this host", null));
            }
            CompletableFuture<Socket> result = new CompletableFuture<>();
            bootstrap(loops, listener).bind(address).addListener((ChannelFuture future) -> {
                if (future.isSuccess()) {
                    InetSocketAddress local =
                            (InetSocketAddress) future.channel().localAddress();
                    InetSocketAddress shown = address.getAddress().isAnyLocalAddress()
                            ? new InetSocketAddress(address.getAddress(), local.getPort())
                            : local;
                    result.complete(new Socket(shown, future.channel()));
                } else {
                    result.completeExceptionally(bindFailure(settings, host, port, future.cause()));
                }
            });
            return result;
        }

        @Override
        public int port(Socket bound) {
            return bound.address().getPort();
        }

        @Override
        public CompletionStage<?> close(Socket bound) {
            return stage(bound.server().close());
        }
    }

    private static EdgeStartException bindFailure(ListenerSettings settings, String host, int port, Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("assign requested address")) {
            return new EdgeStartException(settings.key("host"), host, "an address of this host", cause);
        }
        String expected = "a free port of " + host + "; " + text;
        return new EdgeStartException(settings.key("port"), port, expected, cause);
    }

    private static ServerBootstrap bootstrap(EventLoops loops, Listener listener) {
        EdgeSettings edge = listener.edge();
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, edge.backlog())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(edge.writeLowWater(), edge.writeHighWater()))
                .childOption(ChannelOption.ALLOCATOR, ALLOCATOR)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, RECEIVE_BUFFERS)
                .handler(listener.acceptor())
                .childHandler(listener.starter());
    }

    /**
     * Reads the certificates of {@code tls} now. Open connections stay as they are.
     *
     * @return completes with false when there is no TLS listener; fails with {@link UnusableFileException} when the
     *     files are not usable, and the certificates of before stay in use
     */
    public CompletionStage<Boolean> reload(TlsSettings tls) {
        if (contexts == null || !tls.enabled()) {
            return CompletableFuture.completedFuture(false);
        }
        return contexts.reload(tls).thenApply(_ -> true);
    }

    /**
     * Every mistake in the files of {@code tls} that keeps {@code listeners} from opening, each naming its key.
     *
     * @param warn told of what is odd and no obstacle, such as a certificate that has expired
     */
    public static List<String> problems(List<ListenerSettings> listeners, TlsSettings tls, Consumer<String> warn) {
        boolean given = tls.certificate() != null || tls.key() != null;
        boolean used = given && listeners.stream().anyMatch(one -> one.enabled() && one.tls());
        return used ? TlsContexts.problems(tls, warn) : List.of();
    }

    /** What is bound, in the order of the settings. */
    public List<BoundListener> bound() {
        return bound.stream().map(Bound::what).toList();
    }

    /** Connections open now, on all listeners. */
    public int connections() {
        return connections.count();
    }

    /**
     * Closes the server sockets; connections stay.
     *
     * @return completes when nothing is accepted any more
     */
    public CompletionStage<Void> stopAccepting() {
        // A channel that is closed already is left alone: its event loop may have ended.
        return all(bound.stream()
                .flatMap(each -> each.servers().stream())
                .filter(Channel::isOpen)
                .map(Channel::close));
    }

    /**
     * Closes the server sockets and all connections.
     *
     * @return completes when they are closed
     */
    public CompletionStage<Void> close() {
        if (contexts != null) {
            contexts.close();
        }
        CompletionStage<Void> stopped = stopAccepting();
        return all(connections.close()).thenCombine(stopped, (first, second) -> null);
    }

    private static CompletionStage<Void> all(Stream<ChannelFuture> futures) {
        return CompletableFuture.allOf(futures.map(Listeners::stage).toArray(CompletableFuture<?>[]::new));
    }

    private static CompletableFuture<Void> stage(ChannelFuture future) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        future.addListener(closed -> done.complete(null));
        return done;
    }
}
