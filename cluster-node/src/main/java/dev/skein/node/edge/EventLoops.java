package dev.skein.node.edge;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The event loops of this node: one group accepts connections and works on them. */
public final class EventLoops {

    /** How loops wait for their sockets. */
    private record Transport(
            String name, Class<? extends ServerSocketChannel> serverChannel, IoHandlerFactory handlers) {

        static Transport of(String name) {
            return switch (name) {
                case "nio" -> nio();
                case "epoll" -> {
                    require(name, Epoll.unavailabilityCause());
                    yield epoll();
                }
                case "io_uring" -> {
                    require(name, IoUring.unavailabilityCause());
                    yield new Transport(name, IoUringServerSocketChannel.class, IoUringIoHandler.newFactory());
                }
                default -> Epoll.isAvailable() ? epoll() : nio();
            };
        }

        private static Transport nio() {
            return new Transport("nio", NioServerSocketChannel.class, NioIoHandler.newFactory());
        }

        private static Transport epoll() {
            return new Transport("epoll", EpollServerSocketChannel.class, EpollIoHandler.newFactory());
        }

        private static void require(String name, @Nullable Throwable missing) {
            if (missing != null) {
                throw new EdgeStartException("skein.edge.transport", name, "auto or nio: " + missing, null);
            }
        }
    }

    /** As Netty's, but a loop that is given tasks all the time reads its sockets a hundred times a second, not once. */
    private static final class Group extends MultiThreadIoEventLoopGroup {
        private static final long TASKS_MILLIS = 10;

        private Group(int loops, ThreadFactory threads, IoHandlerFactory handlers) {
            super(loops, threads, handlers);
        }

        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... args) {
            return new SingleThreadIoEventLoop(
                    this, executor, handlers, Integer.MAX_VALUE, RejectedExecutionHandlers.reject(), TASKS_MILLIS);
        }
    }

    private final EventLoopGroup group;
    private final List<EventLoop> loops;
    private final Transport transport;

    private EventLoops(EventLoopGroup group, Transport transport) {
        this.group = group;
        this.transport = transport;
        List<EventLoop> all = new ArrayList<>();
        group.forEach(executor -> all.add((EventLoop) executor));
        this.loops = List.copyOf(all);
    }

    /**
     * Starts the loops; their threads are {@code skein-edge-1-1} and so on.
     *
     * @throws EdgeStartException when {@code epoll} or {@code io_uring} is asked for and is not there
     */
    public static EventLoops create(EdgeSettings settings) {
        Transport transport = Transport.of(settings.transport());
        DefaultThreadFactory threads = new DefaultThreadFactory("skein-edge");
        return new EventLoops(new Group(settings.eventLoops(), threads, transport.handlers()), transport);
    }

    /** All loops, always in the same order. */
    public List<EventLoop> loops() {
        return loops;
    }

    /** The group of all loops. */
    public EventLoopGroup group() {
        return group;
    }

    /** {@code epoll}, {@code io_uring} or {@code nio}. */
    public String transport() {
        return transport.name();
    }

    Class<? extends ServerSocketChannel> serverChannel() {
        return transport.serverChannel();
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
