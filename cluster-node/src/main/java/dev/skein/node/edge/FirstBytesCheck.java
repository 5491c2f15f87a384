package dev.skein.node.edge;

import dev.skein.protocol.message.Reason;
import dev.skein.protocol.mqtt.codec.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * In front of MQTT until its first bytes have come: refuses those of another protocol by its name. What comes behind
 * them is discarded.
 */
final class FirstBytesCheck extends ChannelInboundHandlerAdapter {
    private boolean refused;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!refused) {
            String misfit = msg instanceof ByteBuf bytes ? FirstBytes.of(bytes).whereMqttIsExpected() : null;
            if (misfit == null) {
                ctx.pipeline().remove(this);
                ctx.fireChannelRead(msg);
                return;
            }
            refused = true;
            ctx.fireExceptionCaught(new MalformedPacketException(Reason.MALFORMED, "MQTT-3.1.0-1", misfit));
        }
        ReferenceCountUtil.release(msg);
    }
}
