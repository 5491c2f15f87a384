package dev.skein.node.trust;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import org.apache.pekko.protobufv3.internal.InvalidProtocolBufferException;
import org.apache.pekko.remote.ArteryControlFormats;

/**
 * Reads along with what comes over one connection between nodes, in Artery's format, and refuses what a node does not
 * say: Artery itself takes a length of 2 GiB, and a header that lies about its lengths ends all its connections.
 * Confined to its stream.
 *
 * <p>A connection begins with four letters and the number of its stream. A frame is its length (4 bytes, little
 * endian), a header of 28 bytes, three texts (2 bytes of length each): sender, recipient, name of the message; then the
 * message.
 */
final class FrameReader {
    private static final Set<String> MAGIC = Set.of("AKKA", "PEKK");
    private static final int MAGIC_LENGTH = 4;
    /** Control and ordinary messages; a third one for large messages is not in use. */
    private static final int STREAM_MAX = 2;

    private static final int HEADER = 28;
    private static final int FLAGS_AT = 1;
    private static final int UID_AT = 4;
    private static final int SERIALIZER_AT = 12;
    private static final int TAGS_AT = 16;
    private static final int COMPRESSED = 0xFF000000;
    private static final int TEXTS = 3;
    /** Artery's own messages. */
    private static final int ARTERY = 17;

    private static final String HANDSHAKE = "d";
    private static final String HANDSHAKE_ANSWER = "e";
    private static final int CLAIM_MAX = 4096;

    private final int frameMax;
    private final Claims claims;
    private final Buffer buffer = new Buffer(MAGIC_LENGTH + 1);
    private Part part = Part.START;
    /** Bytes of this frame that are still to come behind what is wanted now. */
    private int left;
    /** Bytes that are passed over. */
    private int skipped;

    private int serializer;
    private int texts;
    private boolean handshake;
    private boolean proven;

    /** What is made of the frames. */
    interface Claims {
        /** A frame comes from incarnation {@code uid}. */
        void speaks(long uid) throws RefusedLinkException;

        /** {@code uid} is claimed to be a node of this host. */
        void claims(long uid, String host) throws RefusedLinkException;
    }

    private enum Part {
        START,
        LENGTH,
        FRAME_HEADER,
        TEXT_LENGTH,
        TEXT,
        CLAIM
    }

    /** Collects as many bytes as are wanted. */
    private static final class Buffer {
        private byte[] bytes = new byte[256];
        private int filled;
        private int wanted;

        private Buffer(int wanted) {
            this.wanted = wanted;
        }

        private void want(int length) {
            if (length > bytes.length) {
                bytes = new byte[length];
            }
            wanted = length;
            filled = 0;
        }

        private boolean fill(ByteBuffer from) {
            int count = Math.min(wanted - filled, from.remaining());
            from.get(bytes, filled, count);
            filled += count;
            return filled == wanted;
        }

        private ByteBuffer view() {
            return ByteBuffer.wrap(bytes, 0, wanted).order(ByteOrder.LITTLE_ENDIAN);
        }

        private String text() {
            return new String(bytes, 0, wanted, US_ASCII);
        }
    }

    /** @param frameMax bytes of the largest frame */
    FrameReader(int frameMax, Claims claims) {
        this.frameMax = frameMax;
        this.claims = claims;
    }

    /** Whether a frame has come. */
    boolean isProven() {
        return proven;
    }

    /** Reads on; consumes all of it. */
    void read(ByteBuffer bytes) throws RefusedLinkException {
        while (bytes.hasRemaining()) {
            if (skipped > 0) {
                int count = Math.min(skipped, bytes.remaining());
                bytes.position(bytes.position() + count);
                skipped -= count;
            } else if (buffer.fill(bytes)) {
                next();
            }
        }
    }

    private void next() throws RefusedLinkException {
        switch (part) {
            case START -> start();
            case LENGTH -> length(buffer.view().getInt());
            case FRAME_HEADER -> header(buffer.view());
            case TEXT_LENGTH -> textLength(buffer.view().getShort());
            case TEXT -> text();
            case CLAIM -> {
                claim();
                want(Part.LENGTH, Integer.BYTES);
            }
        }
    }

    private void want(Part next, int length) {
        part = next;
        buffer.want(length);
    }

    private void start() throws RefusedLinkException {
        String begin = buffer.text();
        int stream = begin.charAt(MAGIC_LENGTH);
        if (!MAGIC.contains(begin.substring(0, MAGIC_LENGTH)) || stream < 1 || stream > STREAM_MAX) {
            throw wrong("begin of the connection", Arrays.toString(begin.getBytes(US_ASCII)), "that of a link");
        }
        want(Part.LENGTH, Integer.BYTES);
    }

    private void length(int length) throws RefusedLinkException {
        if (length < HEADER || length > frameMax) {
            throw wrong("frame", Integer.toUnsignedString(length) + " bytes", HEADER + ".." + frameMax);
        }
        left = length - HEADER;
        want(Part.FRAME_HEADER, HEADER);
    }

    private void header(ByteBuffer header) throws RefusedLinkException {
        boolean compressed = false;
        for (int text = 0; text < TEXTS; text++) {
            compressed |= (header.getInt(TAGS_AT + text * Integer.BYTES) & COMPRESSED) != 0;
        }
        if (header.get(0) != 0 || header.get(FLAGS_AT) != 0 || compressed) {
            throw wrong(
                    "frame",
                    "version " + header.get(0) + ", flags " + header.get(FLAGS_AT) + (compressed ? ", compressed" : ""),
                    "version 0, no flags, no compression");
        }
        claims.speaks(header.getLong(UID_AT));
        serializer = header.getInt(SERIALIZER_AT);
        texts = 0;
        proven = true;
        wantText();
    }

    private void wantText() throws RefusedLinkException {
        take(Short.BYTES);
        want(Part.TEXT_LENGTH, Short.BYTES);
    }

    private void textLength(short length) throws RefusedLinkException {
        if (length < 0) {
            throw wrong("text of a frame", length + " bytes", "0.." + Short.MAX_VALUE);
        }
        take(length);
        want(Part.TEXT, length);
        if (length == 0) {
            text();
        }
    }

    private void text() throws RefusedLinkException {
        texts++;
        if (texts < TEXTS) {
            wantText();
            return;
        }
        String message = buffer.text();
        if (serializer == ARTERY && (message.equals(HANDSHAKE) || message.equals(HANDSHAKE_ANSWER))) {
            handshake = message.equals(HANDSHAKE);
            if (left == 0 || left > CLAIM_MAX) {
                throw wrong("handshake", left + " bytes", "1.." + CLAIM_MAX);
            }
            want(Part.CLAIM, left);
        } else {
            skipped = left;
            want(Part.LENGTH, Integer.BYTES);
        }
    }

    private void claim() throws RefusedLinkException {
        try {
            ByteBuffer view = buffer.view();
            byte[] bytes = new byte[view.remaining()];
            view.get(bytes);
            ArteryControlFormats.UniqueAddress from = handshake
                    ? ArteryControlFormats.HandshakeReq.parseFrom(bytes).getFrom()
                    : ArteryControlFormats.MessageWithAddress.parseFrom(bytes).getAddress();
            claims.claims(from.getUid(), from.getAddress().getHostname());
        } catch (InvalidProtocolBufferException e) {
            throw wrong("handshake", String.valueOf(e.getMessage()), "one of Artery");
        }
    }

    private void take(int bytes) throws RefusedLinkException {
        left -= bytes;
        if (left < 0) {
            throw wrong("header of a frame", -left + " bytes longer than the frame", "inside it");
        }
    }

    private static RefusedLinkException wrong(String what, String is, String expected) {
        return new RefusedLinkException(Refusal.FRAME, what + ": " + is + " (expected: " + expected + ")");
    }
}
