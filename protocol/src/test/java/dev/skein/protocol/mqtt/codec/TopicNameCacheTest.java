package dev.skein.protocol.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.testing.Seeded;
import dev.skein.protocol.testing.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class TopicNameCacheTest {
    private final TopicNameCache cache = new TopicNameCache();

    private TopicName get(String topic) throws MalformedPacketException {
        byte[] bytes = ("xx" + topic + "yy").getBytes(UTF_8);
        return cache.get(Unpooled.wrappedBuffer(bytes), 2, bytes.length - 4);
    }

    @Test
    void knowsAllThatThePublishPathAsks() throws Exception {
        TopicName name = get("devices/p2p/GID_ä@@@1");
        assertThat(name.value()).isEqualTo("devices/p2p/GID_ä@@@1").isEqualTo(name.toString());
        assertThat(name.parent()).isEqualTo("devices");
        assertThat(name.p2pTarget()).isEqualTo("GID_ä@@@1");
        assertThat(name.wire()).isEqualTo(Wire.bytes("s'devices/p2p/GID_ä@@@1'"));
        assertThat(get("a/b").p2pTarget()).isNull();
    }

    @Test
    void givesTheSameNameWithItsAttachmentForTheSameBytes() throws Exception {
        TopicName name = get("a/b");
        name.attach("route");
        assertThat(get("a/b")).isSameAs(name);
        assertThat(get("a/b").attachment()).isEqualTo("route");
        assertThat(get("a/b/").attachment()).isNull();
        assertThat(cache.size()).isEqualTo(2);
    }

    @Test
    void movesNoIndex() throws Exception {
        ByteBuf buf = Unpooled.wrappedBuffer("abc".getBytes(UTF_8));
        cache.get(buf, 1, 1);
        assertThat(buf.readerIndex()).isZero();
        assertThat(buf.writerIndex()).isEqualTo(3);
    }

    @Test
    void keepsNoBadName() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> get("a/#")).isInstanceOf(MalformedPacketException.class);
            assertThatThrownBy(() -> get("")).isInstanceOf(MalformedPacketException.class);
            assertThatThrownBy(() -> get("\u0000")).isInstanceOf(MalformedPacketException.class);
        }
        assertThat(cache.size()).isZero();
    }

    @Test
    void keepsNoVeryLongName() throws Exception {
        String kept = "a".repeat(TopicNameCache.LONGEST_KEPT);
        assertThat(get(kept)).isSameAs(get(kept));
        assertThat(get(kept + "a")).isEqualTo(get(kept + "a")).isNotSameAs(get(kept + "a"));
        assertThat(get("a".repeat(65_535)).wire()).hasSize(65_537).startsWith(0xFF, 0xFF, 'a');
        assertThat(cache.size()).isEqualTo(1);
    }

    @Test
    void isBounded() throws Exception {
        for (int i = 0; i < 3 * TopicNameCache.CAPACITY; i++) {
            assertThat(get("t/" + i).value()).isEqualTo("t/" + i);
            assertThat(cache.size()).isBetween(1, TopicNameCache.CAPACITY);
        }
        assertThat(get("t/last")).isSameAs(get("t/last"));
    }

    @Test
    void confusesNoTwoNames() throws Exception {
        Seeded.run(random -> {
            for (int i = 0; i < 100_000; i++) {
                StringBuilder topic = new StringBuilder();
                for (int k = random.nextInt(1, 20); k > 0; k--) {
                    topic.append((char) ('a' + random.nextInt(3)));
                }
                if (!get(topic.toString()).value().contentEquals(topic)) {
                    fail(topic.toString());
                }
            }
        });
    }

    @Test
    void nameFromOutsideTheWireIsEqualToTheCachedOne() throws Exception {
        TopicName name = TopicName.of("a/ü");
        assertThat(name).isEqualTo(get("a/ü")).hasSameHashCodeAs(get("a/ü")).isNotEqualTo(get("a/u"));
        assertThat(name.wire()).isEqualTo(get("a/ü").wire());
        assertThatThrownBy(() -> TopicName.of("a/+"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topic: a/+ (expected: no wildcard)");
    }
}
