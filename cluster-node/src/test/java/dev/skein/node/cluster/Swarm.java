package dev.skein.node.cluster;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Thousands of clients on two event loops, every second one with a persistent session, each with one subscription. A
 * client whose connection ends comes back at once, to the next of the addresses, and then about each second until it is
 * in: connected and, when it has no session, subscribed. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails ends a channel, and the client comes back.
final class Swarm implements AutoCloseable {
    private static final int LOOPS = 2;
    private static final int CONNACK = 2;
    private static final int SUBACK = 9;
    private static final int RETRY_MIN = 500;
    private static final int RETRY_SPREAD = 1000;
    private static final int CONNECT_MILLIS = 20_000;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
    private final String root;
    private final Random random;
    private final AtomicInteger in = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger forgotten = new AtomicInteger();
    private final AtomicLong lastIn = new AtomicLong();
    private volatile List<InetSocketAddress> addresses;
    private volatile boolean closed;

    /** Clients whose IDs begin with {@code root}; {@link #begin} follows. */
    Swarm(String root, long seed, List<InetSocketAddress> addresses) {
        this.root = root;
        this.random = new Random(seed);
        this.addresses = List.copyOf(addresses);
    }

    /** Adds {@code count} clients that connect now. */
    void begin(int count) {
        for (int i = 0; i < count; i++) {
            new Client(i).connect();
        }
    }

    /** Where clients connect from now on. */
    void addresses(List<InetSocketAddress> next) {
        addresses = List.copyOf(next);
    }

    /** Clients that are connected and subscribed. */
    int in() {
        return in.get();
    }

    /** Connections that were tried. */
    int attempts() {
        return attempts.get();
    }

    /** CONNECTs that were answered with another code than 0. */
    int refused() {
        return refused.get();
    }

    /** Persistent sessions that were not there when their client came back. */
    int forgotten() {
        return forgotten.get();
    }

    /** When the last one came in, by {@link System#nanoTime}. */
    long lastIn() {
        return lastIn.get();
    }

    @Override
    public void close() {
        closed = true;
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One client; confined to the loops one connection after another. */
    private final class Client {
        private final int number;
        private final boolean persistent;
        private boolean known;
        private int tries;

        private Client(int number) {
            this.number = number;
            this.persistent = number % 2 == 1;
        }

        private String id() {
            return root + "-" + number;
        }

        private void connect() {
            List<InetSocketAddress> now = addresses;
            InetSocketAddress target = now.get((number + tries++) % now.size());
            attempts.incrementAndGet();
            ChannelFuture future = new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new Connection(Client.this));
                        }
                    })
                    .connect(target);
            future.addListener(done -> {
                if (!done.isSuccess()) {
                    later();
                }
            });
        }

        private void later() {
            if (!closed) {
                int millis;
                synchronized (random) {
                    millis = RETRY_MIN + random.nextInt(RETRY_SPREAD);
                }
                loops.schedule(this::connect, millis, TimeUnit.MILLISECONDS);
            }
        }

        private void ended(boolean wasIn) {
            if (wasIn) {
                in.decrementAndGet();
                if (!closed) {
                    connect();
                }
            } else {
                later();
            }
        }
    }

    private final class Connection extends ByteToMessageDecoder {
        private final Client client;
        private boolean isIn;

        private Connection(Client client) {
            this.client = client;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ByteBuf body = Unpooled.buffer();
            text(body, "MQTT");
            body.writeByte(4).writeByte(client.persistent ? 0 : 2).writeShort(0);
            text(body, client.id());
            send(ctx, 0x10, body);
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf input, List<Object> out) {
            // Nothing longer than 127 bytes comes.
            if (input.readableBytes() < 2 || input.readableBytes() < 2 + input.getByte(input.readerIndex() + 1)) {
                return;
            }
            int type = input.readUnsignedByte() >> 4;
            ByteBuf body = input.readSlice(input.readUnsignedByte());
            if (type == CONNACK) {
                connected(ctx, body.getByte(0) == 1, body.getByte(1));
            } else if (type == SUBACK) {
                client.known = true;
                in();
            }
        }

        private void connected(ChannelHandlerContext ctx, boolean present, int code) {
            if (code != 0) {
                refused.incrementAndGet();
                ctx.close();
            } else if (client.persistent && present && client.known) {
                in();
            } else {
                if (client.persistent && client.known && !present) {
                    forgotten.incrementAndGet();
                }
                ByteBuf body = Unpooled.buffer().writeShort(1);
                text(body, "storm/" + client.id());
                send(ctx, 0x82, body.writeByte(1));
            }
        }

        private void in() {
            isIn = true;
            lastIn.set(System.nanoTime());
            in.incrementAndGet();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            client.ended(isIn);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // a reset
        }

        private static void text(ByteBuf body, String text) {
            body.writeShort(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
        }

        private static void send(ChannelHandlerContext ctx, int first, ByteBuf body) {
            ByteBuf head = Unpooled.buffer(2).writeByte(first).writeByte(body.readableBytes());
            ctx.writeAndFlush(Unpooled.wrappedBuffer(head, body), ctx.voidPromise());
        }
    }
}
