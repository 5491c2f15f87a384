package dev.skein.node.link;

import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.List;

/** What comes from another node is a message, or an error that says what it is not. */
public final class LinkFramesFuzz {
    private static final List<String> MANIFESTS = List.of("s1", "w1", "a1", "b1", "h1", "x");

    private LinkFramesFuzz() {}

    /** The first byte says which message it is; 255: frames. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        if ((data[0] & 0xFF) == 0xFF) {
            frames(bytes);
            return;
        }
        try {
            Object read = new LinkSerializer().fromBinary(bytes, MANIFESTS.get((data[0] & 0x7F) % MANIFESTS.size()));
            if (read instanceof LinkMessage.Segment segment) {
                frames(segment.bytes());
            }
        } catch (NotSerializableException e) {
            if (!String.valueOf(e.getMessage()).startsWith("link ")) {
                throw new AssertionError(e);
            }
        }
    }

    private static void frames(byte[] bytes) {
        try {
            new InboundStream((kind, header, instance, targets, rest) -> {}).take(1, bytes);
        } catch (MalformedFrameException e) {
            if (!String.valueOf(e.getMessage()).startsWith("link frame: ")) {
                throw new AssertionError(e);
            }
        }
    }
}
