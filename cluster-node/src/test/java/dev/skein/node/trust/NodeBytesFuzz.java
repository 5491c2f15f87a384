package dev.skein.node.trust;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a stranger with a certificate sends to the port of the nodes: read along in any pieces to the same end. */
public final class NodeBytesFuzz {
    private static final int FRAME_MAX = 4096;

    private NodeBytesFuzz() {}

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
        List<String> said = new ArrayList<>();
        FrameReader reader = new FrameReader(FRAME_MAX, new FrameReader.Claims() {
            @Override
            public void speaks(long uid) {
                said.add("speaks " + uid);
            }

            @Override
            public void claims(long uid, String host) {
                said.add(uid + " claims " + host);
            }
        });
        try {
            for (int at = 0; at < bytes.length; at += cut) {
                reader.read(ByteBuffer.wrap(bytes, at, Math.min(cut, bytes.length - at)));
            }
        } catch (RefusedLinkException e) {
            said.add("refused");
        }
        return said;
    }
}
