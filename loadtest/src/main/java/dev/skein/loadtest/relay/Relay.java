package dev.skein.loadtest.relay;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Passes PUBLISH at QoS 0 on to who subscribed that very topic, and nothing more: no checks, no permissions, no
 * sessions, no bound on what waits for a slow receiver. What a broker costs beyond it is what its promises cost.
 */
public final class Relay implements AutoCloseable {
    private static final int BACKLOG = 4096;

    private final EventLoopGroup group;
    private final Channel listener;
    /** Who subscribed a topic; an array is never changed, only replaced. */
    private final Map<String, RelayConnection[]> routes = new ConcurrentHashMap<>();

    private Relay(int threads, InetSocketAddress address) {
        boolean epoll = Epoll.isAvailable();
        group = new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("relay", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Map<EventLoop, RelayRound> rounds = new HashMap<>();
        for (int i = 0; i < threads; i++) {
            rounds.put(group.next(), new RelayRound(i));
        }
        listener = new ServerBootstrap()
                .group(group)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        RelayRound round = Objects.requireNonNull(rounds.get(channel.eventLoop()));
                        channel.pipeline().addLast(new RelayConnection(Relay.this, channel, round, threads));
                    }
                })
                .bind(address)
                .syncUninterruptibly()
                .channel();
    }

    /**
     * Binds and serves.
     *
     * @param threads event loops, 1 upward
     */
    public static Relay start(int threads, InetSocketAddress address) {
        return new Relay(threads, address);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Who gets a topic. */
    RelayConnection[] receivers(String topic) {
        return routes.getOrDefault(topic, RelayConnection.NOBODY);
    }

    void subscribe(String topic, RelayConnection receiver) {
        routes.merge(topic, new RelayConnection[] {receiver}, (before, one) -> {
            RelayConnection[] now = Arrays.copyOf(before, before.length + 1);
            now[before.length] = receiver;
            return now;
        });
    }

    void unsubscribe(String topic, RelayConnection receiver) {
        routes.computeIfPresent(topic, (name, before) -> {
            RelayConnection[] rest =
                    Arrays.stream(before).filter(each -> each != receiver).toArray(RelayConnection[]::new);
            return rest.length == 0 ? null : rest;
        });
    }

    /** Waits until it is closed. */
    public void await() {
        listener.closeFuture().awaitUninterruptibly();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
