package dev.skein.node.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.message.Origin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another node sends and no node writes ends in a named error, without much memory. */
class GarbageTest {
    private static final byte[] TOPIC = {0, 3, 'a', '/', 'b'};
    private static final long SEED = Long.getLong("skein.seed", 99);

    private final List<String> read = new ArrayList<>();
    private final InboundStream stream =
            new InboundStream((kind, header, instance, targets, rest) -> read.add(kind + " " + instance));

    @Test
    void framesThatWereChangedAreReadOrRefused() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = frame(random.nextInt(4));
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            InboundStream one = new InboundStream((kind, header, instance, targets, rest) -> {});
            try {
                one.take(1, bytes);
            } catch (MalformedFrameException e) {
                assertThat(e).as("seed " + SEED).hasMessageStartingWith("link frame: ");
            }
        }
    }

    @Test
    void messagesThatWereChangedAreReadOrRefused() {
        LinkSerializer serializer = new LinkSerializer();
        Random random = new Random(SEED);
        List<LinkMessage> samples = List.of(
                new LinkMessage.Barrier(1, 2, 3, 4, true, List.of("default|a")),
                new LinkMessage.Hold(1, 2, 3, "default", "a/b", 2),
                new LinkMessage.Acknowledged(1, 2, 3, 4),
                new LinkMessage.Segment(1, 2, 3, 4, new byte[] {1}, true));
        for (int round = 0; round < 50_000; round++) {
            LinkMessage sample = samples.get(random.nextInt(samples.size()));
            byte[] whole = serializer.toBinary(sample);
            byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                serializer.fromBinary(bytes, serializer.manifest(sample));
            } catch (NotSerializableException e) {
                assertThat(e).as("seed " + SEED).hasMessageStartingWith("link ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 300_000_000})
    void lengthThatNoFrameHasIsRefusedAtOnce(int length) {
        ByteBuf begin = Unpooled.buffer().writeByte(1).writeInt(length);
        assertThatThrownBy(() -> stream.take(1, ByteBufUtil.getBytes(begin)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("length: ");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1000, Integer.MAX_VALUE})
    void targetsThatAreNotThereTakeNoMemory(int count) {
        byte[] bytes = frame(1);
        Unpooled.wrappedBuffer(bytes).setInt(Frame.PREFIX + 8 + 8 + 1 + 1 + "default".length(), count);
        assertThatThrownBy(() -> stream.take(1, bytes))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("targets: ");
    }

    @Test
    void streamGoesOnBehindGarbage() {
        byte[] garbage = frame(1);
        garbage[0] = 99;
        assertThatThrownBy(() -> stream.take(1, garbage)).isInstanceOf(MalformedFrameException.class);
        assertThatCode(() -> stream.take(2, frame(1))).doesNotThrowAnyException();
        assertThat(read).containsExactly("SESSION default");
        assertThat(stream.tell()).isEqualTo(2);
    }

    private static byte[] frame(int targets) {
        ByteBuf frame = Unpooled.buffer();
        Frame.Header header = new Frame.Header(5, -6, 1, false, false, Origin.client(Origin.MQTT, "c"), null, null, 0);
        Frame.write(
                frame,
                Frame.Kind.SESSION,
                header,
                "default",
                new Frame.Targets(new long[targets], new byte[targets]),
                TOPIC,
                "body".getBytes(StandardCharsets.UTF_8));
        return ByteBufUtil.getBytes(frame);
    }
}
