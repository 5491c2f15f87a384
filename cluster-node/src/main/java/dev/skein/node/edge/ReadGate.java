package dev.skein.node.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * In front of TLS: nothing is read while the socket does not take what is written. Switching auto-read off does not do
 * that alone. TLS answers some records by itself (a key update by another one), and asks for the next read when a read
 * held nothing for the handlers behind it.
 */
final class ReadGate extends ChannelDuplexHandler {
    private boolean asked;

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            ctx.read();
        } else {
            asked = true;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (asked && ctx.channel().isWritable()) {
            asked = false;
            ctx.read();
        }
        ctx.fireChannelWritabilityChanged();
    }
}
