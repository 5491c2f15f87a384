package dev.skein.loadtest.mqtt;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Event loops and the way to open a connection on a chosen one. Epoll where it is, NIO otherwise. */
public final class Transport implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 30_000;
    private static final int QUICK_PORTS = 14_000;
    private static final int LAST_LOOPBACK = 254;
    private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");
    private static final Pattern ADDRESS = Pattern.compile(": [^ ]*/[^ ]*$");

    private final EventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final Bootstrap bootstrap;
    private final Way way;
    private final List<InetAddress> sources;

    /**
     * One way to the broker.
     *
     * @param brokers addresses, used in turn; one or more
     * @param tls null for plain TCP
     * @param webSocketPath null for MQTT without WebSocket
     */
    public record Way(
            List<InetSocketAddress> brokers,
            @Nullable SslContext tls,
            @Nullable String webSocketPath) {
        /** Copies the list. */
        public Way {
            brokers = List.copyOf(brokers);
        }
    }

    private Transport(
            int threads, List<InetSocketAddress> brokers, List<InetAddress> sources, @Nullable SslContext tls) {
        boolean epoll = Epoll.isAvailable();
        DefaultThreadFactory factory = new DefaultThreadFactory("load", true);
        this.group = new MultiThreadIoEventLoopGroup(
                threads, factory, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        for (int i = 0; i < threads; i++) {
            loops.add(group.next());
        }
        this.way = new Way(brokers, tls, null);
        this.sources = List.copyOf(sources);
        this.bootstrap = new Bootstrap()
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
        if (epoll) {
            // the kernel may then use one local port for several peers
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
    }

    /**
     * Starts the event loops.
     *
     * @param threads event loops, 1 upward
     * @param brokers addresses of the broker, used in turn; one or more
     * @param sources local addresses, used in turn; empty for the system's choice
     * @param tls null for plain TCP
     */
    public static Transport start(
            int threads, List<InetSocketAddress> brokers, List<InetAddress> sources, @Nullable SslContext tls) {
        return new Transport(threads, brokers, sources, tls);
    }

    /** The event loops, in a fixed order. */
    public List<EventLoop> loops() {
        return List.copyOf(loops);
    }

    /** Opens one connection on a loop; a failure to come up is told to {@link Connection#finish} on that loop. */
    public void open(EventLoop loop, int number, Connection connection) {
        open(loop, number, connection, way);
    }

    /** The same by a way of its own. */
    public void open(EventLoop loop, int number, Connection connection, Way by) {
        InetSocketAddress broker = by.brokers().get(number % by.brokers().size());
        SslContext tls = by.tls();
        String path = by.webSocketPath();
        Bootstrap one = bootstrap.clone().group(loop).handler(new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                if (tls != null) {
                    channel.pipeline()
                            .addLast(tls.newHandler(channel.alloc(), broker.getHostString(), broker.getPort()));
                }
                if (path != null) {
                    WebSocket.add(channel.pipeline(), broker, tls != null, path);
                }
                channel.pipeline().addLast(connection);
            }
        });
        InetAddress source = source(number, broker);
        if (source != null) {
            one.localAddress(source, 0);
        }
        ChannelFuture connecting = one.remoteAddress(broker).connect();
        connecting.addListener(done -> {
            Throwable cause = done.cause();
            if (cause != null) {
                String reason = reason(cause);
                loop.execute(() -> connection.finish(reason));
            }
        });
    }

    /**
     * The local address of a connection. Past half of the ports of one address, the kernel searches long for each
     * further one: on loopback, where every 127.x.x.x is ours, the next address serves then.
     */
    private @Nullable InetAddress source(int number, InetSocketAddress broker) {
        if (!sources.isEmpty()) {
            return sources.get(number % sources.size());
        }
        boolean ours = broker.getAddress() instanceof Inet4Address address && address.isLoopbackAddress();
        int next = number / QUICK_PORTS;
        if (!ours || next == 0 || next >= LAST_LOOPBACK || !LINUX) {
            return null;
        }
        return InetAddress.ofLiteral("127.0.0." + (1 + next));
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        // "Connection refused: /127.0.0.1:1883" would be another reason for each source address
        return message == null
                ? cause.getClass().getSimpleName()
                : ADDRESS.matcher(message).replaceFirst("");
    }

    /** Stops the event loops, with what is open on them. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
