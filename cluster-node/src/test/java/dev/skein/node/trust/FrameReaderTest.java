package dev.skein.node.trust;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.pekko.remote.ArteryControlFormats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final int MAX = 10_000;
    private static final int JSON = 31;
    private static final int ARTERY = 17;

    private final List<String> said = new ArrayList<>();
    private final FrameReader reader = new FrameReader(MAX, new FrameReader.Claims() {
        @Override
        public void speaks(long uid) {
            said.add("speaks " + uid);
        }

        @Override
        public void claims(long uid, String host) {
            said.add(uid + " is " + host);
        }
    });

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 64, 100_000})
    void readsWhoSpeaksAndWhatIsClaimedHoweverTheBytesAreCut(int size) throws Exception {
        byte[] all = join(
                begin(1),
                frame(5, ARTERY, "d", handshake(5, "node1.example.com")),
                frame(5, JSON, "", new byte[0]),
                frame(6, JSON, "dev.skein.Something", new byte[9000]),
                frame(5, ARTERY, "e", answer(5, "node1.example.com")),
                frame(5, ARTERY, "m", new byte[0]));
        for (int at = 0; at < all.length; at += size) {
            reader.read(ByteBuffer.wrap(all, at, Math.min(size, all.length - at)));
        }
        assertThat(said)
                .containsExactly(
                        "speaks 5",
                        "5 is node1.example.com",
                        "speaks 5",
                        "speaks 6",
                        "speaks 5",
                        "5 is node1.example.com",
                        "speaks 5");
        assertThat(reader.isProven()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "AKKB\1", "AKKA\0", "AKKA\3", "AKKA\177"})
    void otherBeginningIsRefused(String begin) {
        assertRefused(begin.getBytes(US_ASCII), "begin of the connection");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 27, MAX + 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void lengthOutOfBoundsIsRefusedBeforeAnythingIsKept(int length) {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array();
        assertRefused(join(begin(2), bytes), "frame: ");
        assertThat(reader.isProven()).isFalse();
    }

    @Test
    void headerThatLiesIsRefused() {
        byte[] version = frame(5, JSON, "", new byte[10]);
        version[4] = 1;
        assertRefused(join(begin(1), version), "version 1");
    }

    @Test
    void compressionIsRefused() {
        byte[] compressed = frame(5, JSON, "", new byte[10]);
        compressed[4 + 16 + 3] = (byte) 0xFF;
        assertRefused(join(begin(1), compressed), "compressed");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, -1})
    void textThatIsLongerThanItsFrameIsRefused(int length) {
        byte[] lie = frame(5, JSON, "", new byte[10]);
        ByteBuffer.wrap(lie).order(ByteOrder.LITTLE_ENDIAN).putShort(4 + 28, (short) length);
        assertRefused(join(begin(1), lie), length < 0 ? "text of a frame: -1" : "longer than the frame");
    }

    @Test
    void handshakeThatIsNoneIsRefused() {
        assertRefused(join(begin(1), frame(5, ARTERY, "d", new byte[] {9, 9, 9})), "handshake: ");
    }

    @Test
    void longHandshakeIsRefused() {
        assertRefused(join(begin(1), frame(5, ARTERY, "d", new byte[5000])), "handshake: 5000 bytes");
    }

    @Test
    void anyBytesAreReadOrRefusedAndNothingElse() {
        long seed = Long.getLong("skein.seed", 42);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = join(
                    begin(1),
                    frame(5, ARTERY, "d", handshake(5, "a")),
                    frame(random.nextLong(), JSON, "x".repeat(random.nextInt(50)), new byte[random.nextInt(300)]));
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            FrameReader fuzzed = new FrameReader(MAX, new FrameReader.Claims() {
                @Override
                public void speaks(long uid) {}

                @Override
                public void claims(long uid, String host) {}
            });
            try {
                fuzzed.read(ByteBuffer.wrap(bytes));
            } catch (RefusedLinkException e) {
                assertThat(e.refusal()).as("seed " + seed).isEqualTo(Refusal.FRAME);
            }
        }
    }

    private void assertRefused(byte[] bytes, String words) {
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(bytes)))
                .isInstanceOf(RefusedLinkException.class)
                .hasMessageContaining(words);
    }

    private static byte[] begin(int stream) {
        return new byte[] {'A', 'K', 'K', 'A', (byte) stream};
    }

    private static byte[] handshake(long uid, String host) {
        return ArteryControlFormats.HandshakeReq.newBuilder()
                .setFrom(unique(uid, host))
                .setTo(unique(1, "other").getAddress())
                .build()
                .toByteArray();
    }

    private static byte[] answer(long uid, String host) {
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

    private static byte[] frame(long uid, int serializer, String manifest, byte[] body) {
        List<byte[]> texts = List.of(
                new byte[0], "pekko://skein@a:1/user".getBytes(US_ASCII), manifest.getBytes(US_ASCII));
        int length = 28 + body.length + texts.stream().mapToInt(text -> 2 + text.length).sum();
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

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
