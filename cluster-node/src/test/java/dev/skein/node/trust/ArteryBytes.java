package dev.skein.node.trust;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.pekko.remote.ArteryControlFormats;

/** What one node sends to another, byte by byte. */
public final class ArteryBytes {
    /** Serializer of Artery's own messages. */
    public static final int ARTERY = 17;

    private ArteryBytes() {}

    /** The begin of a connection. */
    public static byte[] begin(int stream) {
        return new byte[] {'A', 'K', 'K', 'A', (byte) stream};
    }

    /** Body of the claim to be a node of {@code host}. */
    public static byte[] handshake(long uid, String host) {
        return ArteryControlFormats.HandshakeReq.newBuilder()
                .setFrom(unique(uid, host))
                .setTo(unique(1, "other").getAddress())
                .build()
                .toByteArray();
    }

    /** Body of the answer to it. */
    public static byte[] answer(long uid, String host) {
        return ArteryControlFormats.MessageWithAddress.newBuilder()
                .setAddress(unique(uid, host))
                .build()
                .toByteArray();
    }

    private static ArteryControlFormats.UniqueAddress unique(long uid, String host) {
        return ArteryControlFormats.UniqueAddress.newBuilder()
                .setUid(uid)
                .setAddress(ArteryControlFormats.Address.newBuilder()
                        .setProtocol("pekko")
                        .setSystem("skein")
                        .setHostname(host)
                        .setPort(25520))
                .build();
    }

    /** One frame with its length. */
    public static byte[] frame(long uid, int serializer, String manifest, byte[] body) {
        List<byte[]> texts =
                List.of(new byte[0], "pekko://skein@a:1/user".getBytes(US_ASCII), manifest.getBytes(US_ASCII));
        int length = 28
                + body.length
                + texts.stream().mapToInt(text -> 2 + text.length).sum();
        ByteBuffer frame = ByteBuffer.allocate(4 + length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(length).putInt(0).putLong(uid).putInt(serializer);
        int at = 28;
        for (byte[] text : texts) {
            frame.putInt(at);
            at += 2 + text.length;
        }
        texts.forEach(text -> frame.putShort((short) text.length).put(text));
        return frame.put(body).array();
    }

    /** One after another. */
    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
