package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientHelloTest {
    @ParameterizedTest
    @CsvSource({
        "'', PARTIAL",
        "16, PARTIAL",
        "16 0301 00, PARTIAL",
        "16 0301 0006 01 000002 aa, PARTIAL",
        "16 0301 0006 01 000002 aabb, WHOLE",
        "16 0301 0006 01 000002 aabb 14, WHOLE",
        // in several records, also in the middle of the length
        "16 0301 0001 01  16 0301 0002 0000  16 0301 0003 02 aabb, WHOLE",
        "16 0301 0001 01  16 0301 0002 0000  16 0301 0002 02 aa, PARTIAL",
        // a length that is above the bound, known as soon as it is there
        "16 0301 0004 01 004000, PARTIAL",
        "16 0301 0004 01 004001, TOO_LONG",
        "16 0301 0004 01 ffffff, TOO_LONG",
        // another message, another record, an empty record, another protocol
        "16 0301 0004 02 000000, OTHER",
        "16 0301 0006 01 000003 aabb 15 0301, OTHER",
        "16 0301 0000, OTHER",
        "16 0201, OTHER",
        "15 0301 0002 0228, OTHER",
        "10 0c 0004 4d515454, OTHER",
        "47455420, OTHER",
    })
    void saysWhatTheFirstBytesAre(String hex, ClientHello expected) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(ClientHello.of(Unpooled.wrappedBuffer(bytes))).isEqualTo(expected);
    }
}
