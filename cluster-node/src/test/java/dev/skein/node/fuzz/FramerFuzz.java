package dev.skein.node.fuzz;

import dev.skein.protocol.mqtt.codec.MalformedPacketException;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import dev.skein.protocol.mqtt.codec.PacketDecoder;
import dev.skein.protocol.mqtt.codec.TopicNameCache;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whatever bytes a client sends, they are packets or a refusal that says why, however they are cut. */
public final class FramerFuzz {
    private static final int MAX = 4096;

    private FramerFuzz() {}

    /** The first byte says how the others are cut. */
    public static void fuzzerTestOneInput(byte[] data) {
        int cut = data.length == 0 ? 1 : 1 + (data[0] & 0x1F);
        byte[] bytes = data.length == 0 ? data : Arrays.copyOfRange(data, 1, data.length);
        List<String> pieces = read(bytes, cut);
        List<String> whole = read(bytes, Math.max(1, bytes.length));
        if (!pieces.equals(whole)) {
            throw new AssertionError("in pieces of " + cut + ": " + pieces + " (expected: " + whole + ")");
        }
    }

    private static List<String> read(byte[] bytes, int cut) {
        List<String> read = new ArrayList<>();
        String refused = "";
        EmbeddedChannel channel =
                new EmbeddedChannel(new MqttFramer(MAX, new TopicNameCache(), PacketDecoder.INSTANCE));
        try {
            for (int at = 0; at < bytes.length; at += cut) {
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(cut, bytes.length - at)));
            }
        } catch (Exception e) { // Netty throws what it likes
            if (!(e instanceof MalformedPacketException)) {
                throw e;
            }
            refused = String.valueOf(e.getMessage());
        } finally {
            for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
                read.add(each.getClass().getSimpleName());
                ReferenceCountUtil.release(each);
            }
            channel.finishAndReleaseAll();
        }
        read.add(refused);
        return read;
    }
}
