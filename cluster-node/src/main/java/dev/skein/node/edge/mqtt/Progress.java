package dev.skein.node.edge.mqtt;

import dev.skein.node.session.OutboundFlow;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client takes what it is sent: it acknowledges, or its socket takes bytes. Looked at a few times each second
 * while something waits for it. Confined to the connection's event loop.
 */
final class Progress {
    /** TCP has moved when it has sent data, and heard of the other side, within so many milliseconds. */
    private static final int RECENT_MILLIS = 600;

    private long flowTaken;
    private long bytesTaken;
    /** Written when the last message went into the window: only up to here do bytes lead to acknowledgements. */
    private long writtenForWindow;

    private boolean hasTaken = true;

    private Progress(OutboundFlow flow, Channel channel, long written) {
        flowTaken = flow.taken();
        bytesTaken = taken(channel, written);
        writtenForWindow = written;
    }

    /**
     * Looks once more.
     *
     * @param before what the last look returned
     * @param written all bytes given to {@code channel}
     * @return null when nothing waits
     */
    static @Nullable Progress look(@Nullable Progress before, OutboundFlow flow, Channel channel, long written) {
        if (flow.accepted() == 0) {
            return null;
        }
        if (before == null) {
            return new Progress(flow, channel, written);
        }
        before.look(flow, channel, written);
        return before;
    }

    /** Whether the client has taken something between the last look and the one before. */
    boolean hasTaken() {
        return hasTaken;
    }

    /**
     * Where messages wait for acknowledgements, bytes count only while what these are for is still to be sent: a client
     * that reads and never acknowledges is stalled.
     */
    private void look(OutboundFlow flow, Channel channel, long written) {
        long bytes = taken(channel, written);
        boolean moved = (bytes != bytesTaken || (bytes < written && isTcpMoving(channel)))
                && (!flow.awaitsAcknowledgement() || bytesTaken < writtenForWindow);
        boolean answered = flow.taken() != flowTaken;
        if (answered) {
            flowTaken = flow.taken();
            writtenForWindow = written;
        }
        bytesTaken = bytes;
        hasTaken = moved || answered;
    }

    private static long taken(Channel channel, long written) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? written : written - buffer.totalPendingWriteBytes() + buffer.currentProgress();
    }

    /** The kernel takes more only when much of its buffer is empty, which over a slow link is seldom. */
    private static boolean isTcpMoving(Channel channel) {
        if (channel instanceof EpollSocketChannel epoll && epoll.isOpen()) {
            EpollTcpInfo info = epoll.tcpInfo();
            return info.lastDataSent() < RECENT_MILLIS && info.lastAckRecv() < RECENT_MILLIS;
        }
        return false;
    }
}
