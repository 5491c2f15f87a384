package dev.skein.node.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkSerializerTest {
    private final LinkSerializer serializer = new LinkSerializer();

    @Test
    void segmentSurvivesTheWire() throws Exception {
        LinkMessage.Segment segment = new LinkMessage.Segment(1, -2, 3, Long.MAX_VALUE, new byte[] {5, 6, 7}, true);
        Object read = serializer.fromBinary(serializer.toBinary(segment), serializer.manifest(segment));

        assertThat(read).isInstanceOfSatisfying(LinkMessage.Segment.class, back -> {
            assertThat(back.from()).isEqualTo(1);
            assertThat(back.to()).isEqualTo(-2);
            assertThat(back.stream()).isEqualTo(3);
            assertThat(back.sequence()).isEqualTo(Long.MAX_VALUE);
            assertThat(back.bytes()).containsExactly(5, 6, 7);
            assertThat(back.awaited()).isTrue();
        });
    }

    @Test
    void acknowledgementSurvivesTheWire() throws Exception {
        LinkMessage.Acknowledged acknowledged = new LinkMessage.Acknowledged(1, 2, 3, 4);

        assertThat(serializer.fromBinary(serializer.toBinary(acknowledged), serializer.manifest(acknowledged)))
                .isEqualTo(acknowledged);
    }

    @Test
    void barrierSurvivesTheWire() throws Exception {
        for (List<String> routers : List.of(List.<String>of(), List.of("default|#"), List.of("default|ü", "x|"))) {
            LinkMessage.Barrier barrier = new LinkMessage.Barrier(1, 2, 3, 4, routers.isEmpty(), routers);

            assertThat(serializer.fromBinary(serializer.toBinary(barrier), serializer.manifest(barrier)))
                    .isEqualTo(barrier);
        }
    }

    @Test // what is left behind in a pooled buffer is read by others in its own order
    void orderOfTheBufferStaysAsItWas() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        LinkMessage.Segment segment = new LinkMessage.Segment(1, 2, 3, 4, new byte[] {1}, false);
        serializer.toBinary(segment, buffer);
        assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);

        buffer.flip();
        assertThat(serializer.fromBinary(buffer, serializer.manifest(segment)))
                .isInstanceOfSatisfying(
                        LinkMessage.Segment.class,
                        back -> assertThat(back.sequence()).isEqualTo(4));
        assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void whatIsNoLinkMessageIsRefused() {
        byte[] acknowledged = serializer.toBinary(new LinkMessage.Acknowledged(1, 2, 3, 4));

        assertThatThrownBy(() -> serializer.fromBinary(new byte[3], "a1"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("3 bytes");
        assertThatThrownBy(() -> serializer.fromBinary(acknowledged, "z9"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("z9");
    }
}
