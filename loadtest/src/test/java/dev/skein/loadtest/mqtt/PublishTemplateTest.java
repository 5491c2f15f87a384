package dev.skein.loadtest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class PublishTemplateTest {
    private static final String MAGIC = "534b4c54";

    @Test // 3.3
    void eachMessageIsAWholePublish() {
        PublishTemplate template = PublishTemplate.of("a/b", 1, 0x01020304, 5, 34);
        ByteBuf out = Unpooled.buffer();

        template.append(out, 0xABCD, 6, 7);
        template.append(out, 1, 8, 9);

        assertThat(out.readableBytes()).isEqualTo(2 * template.length());
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo("32" + "29" + "0003612f62" + "abcd" + MAGIC + "01020304" + "00000005" + "00000000"
                        + "0000000000000006" + "0000000000000007" + "0000"
                        + "32" + "29" + "0003612f62" + "0001" + MAGIC + "01020304" + "00000005" + "00000000"
                        + "0000000000000008" + "0000000000000009" + "0000");
    }

    @Test
    void qos0HasNoIdentifierAndPayloadReadsBack() {
        PublishTemplate template = PublishTemplate.of("t", 0, -1, 3, Payload.MIN_SIZE);
        ByteBuf out = Unpooled.buffer();

        template.append(out, 99, 4, 5);

        assertThat(template.length()).isEqualTo(2 + 3 + Payload.MIN_SIZE);
        int at = 5;
        assertThat(Payload.signature(out, at)).isEqualTo(Payload.signature(-1));
        assertThat(Payload.publisher(out, at)).isEqualTo(3);
        assertThat(Payload.sequence(out, at)).isEqualTo(4);
        assertThat(Payload.time(out, at)).isEqualTo(5);
    }
}
