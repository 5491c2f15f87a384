package dev.skein.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.testing.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;

/** A channel with a framer and an ear at its end. Closing it checks that every byte of buffer was given back. */
final class FramerProbe implements AutoCloseable {
    static final int MAX_PACKET_SIZE = 100_000;

    /** What came out: frames as hexadecimal digits, everything else as it is. */
    final List<Object> received = new ArrayList<>();

    final List<Throwable> failures = new ArrayList<>();
    final MqttFramer framer;
    final EmbeddedChannel channel = new EmbeddedChannel();
    final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);
    private Runnable onMessage = () -> {};

    FramerProbe(MqttFramer framer, ChannelHandler... behind) {
        this.framer = framer;
        channel.config().setAllocator(memory);
        channel.pipeline().addLast(framer).addLast(behind).addLast(new Ear());
    }

    FramerProbe(TopicNameCache topics, int maxPacketSize, ChannelHandler... behind) {
        this(new MqttFramer(maxPacketSize, topics), behind);
    }

    /** All packets but PUBLISH and acknowledgements come out as Netty's. */
    static FramerProbe decoding(TopicNameCache topics, int maxPacketSize) {
        return new FramerProbe(new MqttFramer(maxPacketSize, topics, PacketDecoder.INSTANCE));
    }

    FramerProbe(ChannelHandler... behind) {
        this(new TopicNameCache(), MAX_PACKET_SIZE, behind);
    }

    FramerProbe onMessage(Runnable action) {
        onMessage = action;
        return this;
    }

    /** One read of the socket. */
    FramerProbe write(byte... bytes) {
        channel.writeInbound(memory.buffer(bytes.length).writeBytes(bytes));
        return this;
    }

    /** One read of the socket, see {@link Wire#bytes}. */
    FramerProbe write(String fields) {
        return write(Wire.bytes(fields));
    }

    InboundPublish publish() {
        assertThat(failures).isEmpty();
        assertThat(received).hasSize(1);
        return (InboundPublish) received.getFirst();
    }

    MalformedPacketException failure() {
        assertThat(failures).hasSize(1);
        return (MalformedPacketException) failures.getFirst();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        assertThat(memory.metric().usedHeapMemory() + memory.metric().usedDirectMemory())
                .as("bytes leaked")
                .isZero();
    }

    private final class Ear extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof ByteBuf frame) {
                received.add(ByteBufUtil.hexDump(frame));
                frame.release();
            } else {
                received.add(msg);
            }
            onMessage.run();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failures.add(cause);
        }
    }
}
