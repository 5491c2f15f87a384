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

    @Test // MQTT 5, 3.3
    void messageOfMqtt5HasItsPropertiesAndLaterOnesAnAlias() {
        MessageProperties properties = new MessageProperties(1, 60);
        String user = "26" + "000a70726f70657274792d30" + "000776616c75652d30"; // property-0: value-0
        PublishTemplate first = PublishTemplate.ofMqtt5("t", 1, Payload.body(1, 5, 32), properties, true);
        ByteBuf out = Unpooled.buffer();

        first.append(out, 0xABCD, 6, 7);
        first.next().append(out, 1, 8, 9);
        first.next().next().append(out, 2, 8, 9);

        assertThat(ByteBufUtil.hexDump(out, 0, first.length()))
                .isEqualTo("32" + "44" + "000174" + "abcd" + "1e" + "230001" + "020000003c" + user + MAGIC + "00000001"
                        + "00000005" + "00000000" + "0000000000000006" + "0000000000000007");
        assertThat(ByteBufUtil.hexDump(out, first.length(), out.readableBytes() - first.length()))
                .startsWith("32" + "43" + "0000" + "0001" + "1e" + "230001")
                .contains("32" + "43" + "0000" + "0002" + "1e" + "230001");
        int length = 2 + 2 + 1 + 2;
        assertThat(properties.fit(out, length + 1, first.length() - 32)).isTrue();
        assertThat(new MessageProperties(1, 59).fit(out, length + 1, first.length() - 32))
                .as("grown expiry")
                .isFalse();
        assertThat(new MessageProperties(2, 60).fit(out, length + 1, first.length() - 32))
                .as("lost property")
                .isFalse();
        assertThat(new MessageProperties(0, 60).fit(out, length + 1, first.length() - 32))
                .as("added property")
                .isFalse();
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
