package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.wire.Utf8;
import io.netty.buffer.Unpooled;

/** Looks whether a payload is what its Payload Format Indicator says (MQTT 5 section 3.3.2.3.2). */
final class PayloadFormat {
    private PayloadFormat() {}

    /** Whether the payload is said to be UTF-8 and is not. */
    static boolean isWrong(Content content) {
        Properties properties = content.properties();
        return properties != null
                && properties.isText()
                && Utf8.firstIllFormed(Unpooled.wrappedBuffer(content.payload()), 0, content.payload().length)
                        != Utf8.VALID;
    }
}
