package dev.skein.benchmarks;

import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.PublishEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

/** One message to {@value #RECEIVERS} receivers, encoded for each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
    private static final int RECEIVERS = 1000;

    /** QoS of the deliveries. */
    @Param({"0", "1"})
    public int qos;

    /** Payload bytes. */
    @Param({"64", "1024"})
    public int size;

    private final TopicName topic = TopicName.of("bench/device/state");
    private byte[] payload = {};
    private ByteBuf out = Unpooled.EMPTY_BUFFER;

    /** Makes room for all of them. */
    @Setup
    public void prepare() {
        payload = new byte[size];
        out = Unpooled.directBuffer(RECEIVERS * (size + 64));
    }

    /** Frees it. */
    @TearDown
    public void release() {
        out.release();
    }

    /** Time for each delivery. */
    @Benchmark
    @OperationsPerInvocation(RECEIVERS)
    public void fanOut(Blackhole blackhole) {
        out.clear();
        for (int i = 1; i <= RECEIVERS; i++) {
            PublishEncoder.encode(out, topic, payload, qos, false, false, i);
        }
        blackhole.consume(out.writerIndex());
    }
}
