package dev.skein.benchmarks;

import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import dev.skein.protocol.mqtt.codec.PacketDecoder;
import dev.skein.protocol.mqtt.codec.PublishEncoder;
import dev.skein.protocol.mqtt.codec.TopicNameCache;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** One read with {@value #PACKETS} PUBLISH packets, from bytes to checked objects. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
    private static final int PACKETS = 100;
    private static final int LARGEST = 1 << 20;

    /** QoS of the packets. */
    @Param({"0", "1"})
    public int qos;

    /** Payload bytes. */
    @Param({"64", "1024"})
    public int size;

    /** How many topics the packets are spread over. */
    @Param({"1", "100"})
    public int topics;

    private final Counter counter = new Counter();
    private EmbeddedChannel channel = new EmbeddedChannel();
    private ByteBuf read = Unpooled.EMPTY_BUFFER;

    /** The end of the pipeline. */
    private static final class Counter extends ChannelInboundHandlerAdapter {
        private long bytes;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            bytes += ((InboundPublish) message).payload().length;
        }
    }

    /** Encodes one read's worth of packets. */
    @Setup
    public void prepare() {
        channel = new EmbeddedChannel(new MqttFramer(LARGEST, new TopicNameCache(), PacketDecoder.INSTANCE), counter);
        read = Unpooled.directBuffer();
        byte[] payload = new byte[size];
        for (int i = 0; i < PACKETS; i++) {
            TopicName topic = TopicName.of("bench/device" + i % topics + "/state");
            PublishEncoder.encode(read, topic, payload, qos, false, false, i + 1);
        }
    }

    /** Frees what was encoded. */
    @TearDown
    public void release() {
        channel.finishAndReleaseAll();
        read.release();
    }

    /** Time for each packet. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public void publish(Blackhole blackhole) {
        channel.pipeline().fireChannelRead(read.retainedDuplicate());
        blackhole.consume(counter.bytes);
    }
}
