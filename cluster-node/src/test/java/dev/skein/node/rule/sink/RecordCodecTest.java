package dev.skein.node.rule.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.node.rule.flow.Entry;
import dev.skein.protocol.message.MessageId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How records lie in a spool. */
class RecordCodecTest {
    private static final MessageId PLACE = new MessageId(1, 2);

    private static Entry entry() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("z", "");
        properties.put("ä", "größer");
        return new Entry(
                new SinkRecord("t", "key", "tag", "client", properties, "body".getBytes(UTF_8)), true, null, null);
    }

    @Test
    void whatIsWrittenIsRead() {
        Entry read = RecordCodec.decode(RecordCodec.encode(entry()), "t", PLACE);
        assertThat(read.record().key()).isEqualTo("key");
        assertThat(read.record().tag()).isEqualTo("tag");
        assertThat(read.record().orderKey()).isEqualTo("client");
        assertThat(read.record().properties()).containsExactly(Map.entry("z", ""), Map.entry("ä", "größer"));
        assertThat(read.record().body()).isEqualTo("body".getBytes(UTF_8));
        assertThat(read.isAtLeastOnce()).isTrue();
        assertThat(read.stored()).isEqualTo(PLACE);
        Entry empty = new Entry(new SinkRecord("t", "", "", "", Map.of(), new byte[0]), false, null, null);
        assertThat(RecordCodec.decode(RecordCodec.encode(empty), "t", PLACE).isAtLeastOnce())
                .isFalse();
    }

    @Test
    void whatIsCutOffOrSomethingElseIsRefused() {
        byte[] written = RecordCodec.encode(entry());
        for (int length = 0; length < written.length - "body".length(); length++) {
            byte[] cut = Arrays.copyOf(written, length);
            assertThatThrownBy(() -> RecordCodec.decode(cut, "t", PLACE)).isInstanceOf(IllegalArgumentException.class);
        }
        written[0] = 2;
        assertThatThrownBy(() -> RecordCodec.decode(written, "t", PLACE)).hasMessageContaining("version 2");
    }
}
