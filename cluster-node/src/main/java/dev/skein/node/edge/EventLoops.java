package dev.skein.node.edge;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The event loops of this node: one group accepts connections and works on them. */
public final class EventLoops {

    private final EventLoopGroup group;
    private final List<EventLoop> loops;
    private final boolean epoll;

    private EventLoops(EventLoopGroup group, boolean epoll) {
        this.group = group;
        this.epoll = epoll;
        List<EventLoop> all = new ArrayList<>();
        group.forEach(executor -> all.add((EventLoop) executor));
        this.loops = List.copyOf(all);
    }

    /**
     * Starts the loops; their threads are {@code skein-edge-1-1} and so on.
     *
     * @throws EdgeStartException when {@code epoll} is asked for and is not there
     */
    public static EventLoops create(EdgeSettings settings) {
        boolean epoll = switch (settings.transport()) {
            case "nio" -> false;
            case "epoll" -> requireEpoll();
            default -> Epoll.isAvailable();
        };
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        DefaultThreadFactory threads = new DefaultThreadFactory("skein-edge");
        return new EventLoops(new MultiThreadIoEventLoopGroup(settings.eventLoops(), threads, handlers), epoll);
    }

    private static boolean requireEpoll() {
        if (!Epoll.isAvailable()) {
            throw new EdgeStartException(
                    "skein.edge.transport", "epoll", "auto or nio: " + Epoll.unavailabilityCause(), null);
        }
        return true;
    }

    /** All loops, always in the same order. */
    public List<EventLoop> loops() {
        return loops;
    }

    /** The group of all loops. */
    public EventLoopGroup group() {
        return group;
    }

    /** {@code epoll} or {@code nio}. */
    public String transport() {
        return epoll ? "epoll" : "nio";
    }

    Class<? extends ServerSocketChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /**
     * Ends the loops and closes what is still open on them.
     *
     * @param quiet how long nothing may have been submitted before they end
     * @param timeout when they end in any case
     */
    public CompletionStage<Void> shutdown(Duration quiet, Duration timeout) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        group.shutdownGracefully(quiet.toMillis(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                .addListener(future -> done.complete(null));
        return done;
    }
}
