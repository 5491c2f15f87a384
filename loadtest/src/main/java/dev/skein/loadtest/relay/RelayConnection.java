package dev.skein.loadtest.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One client of a {@link Relay}. Belongs to its event loop, but for {@link #give} and {@link #flush}. */
final class RelayConnection extends ChannelInboundHandlerAdapter {
    static final RelayConnection[] NOBODY = {};

    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final int SUBSCRIBE = 8;
    private static final int PINGREQ = 12;
    private static final int REFUSED = 0x80;
    private static final int MOST_LENGTH_BYTES = 4;
    private static final int FIRST_OUT_BYTES = 4096;

    private final Relay relay;
    private final Channel channel;
    private final RelayRound round;
    /** What each event loop has for this client; an element is touched by that loop alone. */
    private final @Nullable ByteBuf[] out;

    private final Set<String> topics = new HashSet<>();
    /** The beginning of one packet. */
    private @Nullable ByteBuf partial;

    RelayConnection(Relay relay, Channel channel, RelayRound round, int loops) {
        this.relay = relay;
        this.channel = channel;
        this.round = round;
        this.out = new ByteBuf[loops];
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (partial != null) {
            partial.writeBytes(in);
            in.release();
            in = partial;
            partial = null;
        }
        int length = length(in);
        while (length > 0 && length <= in.readableBytes()) {
            packet(context, in, in.readerIndex(), length);
            in.skipBytes(length);
            length = length(in);
        }
        if (length < 0) {
            close(context);
        } else if (in.isReadable()) {
            partial = context.alloc()
                    .buffer(Math.max(length, 2 * in.readableBytes()))
                    .writeBytes(in);
        }
        in.release();
    }

    /** Length of the packet at the reader index with its header; 0: not known yet; -1: none. */
    private static int length(ByteBuf in) {
        int rest = 0;
        for (int i = 0; i < MOST_LENGTH_BYTES; i++) {
            if (in.readableBytes() < i + 2) {
                return 0;
            }
            int digit = in.getByte(in.readerIndex() + 1 + i);
            rest |= (digit & 0x7F) << (7 * i);
            if (digit >= 0) {
                return 2 + i + rest;
            }
        }
        return -1;
    }

    private void packet(ChannelHandlerContext context, ByteBuf in, int at, int length) {
        int first = in.getUnsignedByte(at);
        int body = at + 2;
        while (in.getByte(body - 1) < 0) {
            body++;
        }
        switch (first >> 4) {
            case PUBLISH -> publish(context, in, at, body, length);
            case CONNECT -> answer(0x20, 2, 0, 0);
            case SUBSCRIBE -> subscribe(in, body, at + length);
            case PINGREQ -> answer(0xD0, 0);
            default -> close(context); // DISCONNECT, or what a relay does not do
        }
    }

    private void publish(ChannelHandlerContext context, ByteBuf in, int at, int body, int length) {
        if ((in.getByte(at) & 0x06) != 0) {
            close(context); // QoS 0 only
            return;
        }
        String topic = in.toString(body + 2, in.getUnsignedShort(body), StandardCharsets.UTF_8);
        for (RelayConnection receiver : relay.receivers(topic)) {
            receiver.give(round, in, at, length);
        }
    }

    /** Grants QoS 0; refuses wildcards. */
    private void subscribe(ByteBuf in, int body, int end) {
        byte[] granted = new byte[(end - body) / 3];
        int count = 0;
        int next = body + 2;
        while (next < end) {
            int length = in.getUnsignedShort(next);
            String topic = in.toString(next + 2, length, StandardCharsets.UTF_8);
            boolean exact = topic.indexOf('+') < 0 && topic.indexOf('#') < 0;
            if (exact && topics.add(topic)) {
                relay.subscribe(topic, this);
            }
            granted[count++] = (byte) (exact ? 0 : REFUSED);
            next += length + 3;
        }
        ByteBuf answer = own();
        answer.writeByte(0x90);
        int rest = 2 + count;
        do {
            answer.writeByte(rest > 0x7F ? (rest & 0x7F) | 0x80 : rest);
            rest >>>= 7;
        } while (rest > 0);
        answer.writeShort(in.getUnsignedShort(body)).writeBytes(granted, 0, count);
    }

    private void answer(int... bytes) {
        ByteBuf answer = own();
        for (int each : bytes) {
            answer.writeByte(each);
        }
    }

    private ByteBuf own() {
        return out(round);
    }

    /** Takes one packet from the event loop of {@code from}. */
    void give(RelayRound from, ByteBuf in, int at, int length) {
        out(from).writeBytes(in, at, length);
    }

    private ByteBuf out(RelayRound from) {
        ByteBuf waiting = out[from.loop()];
        if (waiting == null) {
            waiting = channel.alloc().buffer(FIRST_OUT_BYTES);
            out[from.loop()] = waiting;
            from.touched(this);
        }
        return waiting;
    }

    /** Writes what event loop {@code loop} has for this client; on that loop. */
    void flush(int loop) {
        ByteBuf waiting = out[loop];
        if (waiting != null) {
            out[loop] = null;
            var unused = channel.writeAndFlush(waiting, channel.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        round.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        topics.forEach(topic -> relay.unsubscribe(topic, this));
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        close(context);
    }

    private static void close(ChannelHandlerContext context) {
        var unused = context.close();
    }
}
