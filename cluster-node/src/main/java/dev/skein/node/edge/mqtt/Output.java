package dev.skein.node.edge.mqtt;

import dev.skein.protocol.wire.DurationText;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is written to one client: collected during a round of the event loop and flushed at its end. Knows whether the
 * client takes it. Confined to the event loop.
 */
final class Output {
    /** Output collected above which it goes to the channel before the end of the round. */
    private static final int CHUNK = 64 * 1024;

    private static final int FIRST = 256;

    private final ChannelHandlerContext channel;
    private final MqttConnection connection;
    private @Nullable ByteBuf collected;
    private boolean marked;
    private boolean channelWritable = true; // a look at the channel is one at five objects
    /** What the socket had not taken when it was looked at the last time, and since when that grew no less. */
    private long leftBefore = Long.MAX_VALUE;

    private long stalledSince;
    private long written;
    /** What its connection was last told that it holds. */
    private long held;

    Output(ChannelHandlerContext channel, MqttConnection connection) {
        this.channel = channel;
        this.connection = connection;
    }

    /** Buffer for packets. */
    ByteBuf buffer() {
        if (!marked) {
            marked = true;
            connection.context().markDirty(connection.attachment());
        }
        ByteBuf buffer = collected;
        if (buffer == null) {
            buffer = channel.alloc().ioBuffer(FIRST);
            collected = buffer;
        } else if (buffer.readableBytes() >= CHUNK && isWritable()) {
            written += buffer.readableBytes();
            var _ = channel.write(buffer, channel.voidPromise());
            buffer = channel.alloc().ioBuffer(FIRST);
            collected = buffer;
        }
        return buffer;
    }

    /** Whether the socket takes more without piling up. */
    boolean isWritable() {
        return channelWritable && !isFull();
    }

    private boolean isFull() {
        return collected != null && collected.readableBytes() >= CHUNK * 2;
    }

    /** Sends what was collected. Returns whether more was held back until now that may follow. */
    boolean flush() {
        marked = false;
        ByteBuf buffer = collected;
        if (buffer == null) {
            return false;
        }
        boolean wasFull = isFull();
        collected = null;
        written += buffer.readableBytes();
        var _ = channel.writeAndFlush(buffer, channel.voidPromise());
        hold(pending());
        return wasFull && isWritable();
    }

    private void hold(long bytes) {
        if (bytes != held) {
            held = bytes;
            connection.holdings().output(bytes);
        }
    }

    /** All bytes given to the channel. */
    long written() {
        return written;
    }

    /** Bytes written that the socket has not taken, with what Netty keeps for each buffer. */
    private long pending() {
        ChannelOutboundBuffer buffer = channel.channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /**
     * Looks, a few times each second, what the socket has taken meanwhile.
     *
     * @param now {@link System#nanoTime}
     */
    void check(long now) {
        long pending = pending();
        hold(pending);
        ChannelOutboundBuffer buffer = channel.channel().unsafe().outboundBuffer();
        if (buffer == null || channel.channel().isWritable()) {
            leftBefore = Long.MAX_VALUE;
            return;
        }
        long left = pending - buffer.currentProgress();
        if (left < leftBefore) {
            stalledSince = now;
        }
        leftBefore = left;
    }

    /** Whether the client has taken nothing for {@code max} of output that waits above the high-water mark. */
    boolean hasStalled(long now, Duration max) {
        return leftBefore != Long.MAX_VALUE && now - stalledSince > max.toNanos() && !isSlowlySent(max);
    }

    /** What {@link #hasStalled} found, for the log. */
    String describeStall(Duration max) {
        return "it took nothing of " + pending() + " bytes for " + DurationText.of(max)
                + " (limit skein.edge.stall-timeout)";
    }

    /** The channel takes more again, or what is given to it piles up. */
    void writable(boolean now) {
        channelWritable = now;
        if (now) {
            leftBefore = Long.MAX_VALUE;
        }
    }

    /**
     * Whether the kernel could send some of what it has within {@code max}: it takes some MB of a client that is slow
     * before that shows here. False where it does not tell.
     */
    private boolean isSlowlySent(Duration max) {
        return channel.channel() instanceof EpollSocketChannel socket
                && socket.isActive()
                && socket.tcpInfo().lastDataSent() < max.toMillis();
    }

    /** What was collected is not sent. */
    void drop() {
        if (collected != null) {
            collected.release();
            collected = null;
        }
    }
}
