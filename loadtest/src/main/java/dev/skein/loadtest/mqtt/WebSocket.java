package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.URI;

/** MQTT in WebSocket frames: the channel counts as active once the handshake is done. */
final class WebSocket extends ChannelDuplexHandler {
    private static final int LARGEST_ANSWER = 64 * 1024;
    private static final int LARGEST_FRAME = 1 << 20;

    private WebSocket() {}

    static void add(ChannelPipeline pipeline, InetSocketAddress broker, boolean tls, String path) {
        URI uri = URI.create((tls ? "wss://" : "ws://") + broker.getHostString() + ":" + broker.getPort() + path);
        pipeline.addLast(
                new HttpClientCodec(),
                new HttpObjectAggregator(LARGEST_ANSWER),
                new WebSocketClientProtocolHandler(WebSocketClientHandshakerFactory.newHandshaker(
                        uri, WebSocketVersion.V13, "mqtt", false, new DefaultHttpHeaders(), LARGEST_FRAME)),
                new WebSocket());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        // told when the handshake is done
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            context.fireChannelActive();
        }
        super.userEventTriggered(context, event);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof BinaryWebSocketFrame || message instanceof ContinuationWebSocketFrame) {
            context.fireChannelRead(((WebSocketFrame) message).content());
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        Object out = message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message;
        // frames are encoded by handlers that need a promise of their own
        var unused = context.write(out, promise.isVoid() ? context.newPromise() : promise);
    }
}
