package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainAlertTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "15 0303 0002 02 30, unknown_ca",
                "15 0303 0002 02 2e, certificate_unknown",
                "14 0303 0001 01 15 0303 0002 02 2a, bad_certificate",
                "15 0303 0013 02 30, none", // encrypted
                "16 0303 0002 02 30, none", // a handshake
                "15 0303 0002 02, none",
                "15, none",
            })
    void alertInClearTextIsRead(String bytes, String name) {
        PlainAlert alerts = new PlainAlert();
        EmbeddedChannel channel = new EmbeddedChannel(alerts);

        channel.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(bytes.replace(" ", ""))));

        assertThat(alerts.name()).isEqualTo(name);
        assertThat(channel.<Object>readInbound()).as("it is passed on").isNotNull();
        channel.finishAndReleaseAll();
    }
}
