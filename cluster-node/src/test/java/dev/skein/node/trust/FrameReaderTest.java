package dev.skein.node.trust;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final int MAX = 10_000;
    private static final int JSON = 31;

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
        byte[] all = ArteryBytes.join(
                ArteryBytes.begin(1),
                ArteryBytes.frame(5, ArteryBytes.ARTERY, "d", ArteryBytes.handshake(5, "node1.example.com")),
                ArteryBytes.frame(5, JSON, "", new byte[0]),
                ArteryBytes.frame(6, JSON, "dev.skein.Something", new byte[9000]),
                ArteryBytes.frame(5, ArteryBytes.ARTERY, "e", ArteryBytes.answer(5, "node1.example.com")),
                ArteryBytes.frame(5, ArteryBytes.ARTERY, "m", new byte[0]));
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
        assertRefused(ArteryBytes.join(ArteryBytes.begin(2), bytes), "frame: ");
        assertThat(reader.isProven()).isFalse();
    }

    @Test
    void headerThatLiesIsRefused() {
        byte[] version = ArteryBytes.frame(5, JSON, "", new byte[10]);
        version[4] = 1;
        assertRefused(ArteryBytes.join(ArteryBytes.begin(1), version), "version 1");
    }

    @Test
    void compressionIsRefused() {
        byte[] compressed = ArteryBytes.frame(5, JSON, "", new byte[10]);
        compressed[4 + 16 + 3] = (byte) 0xFF;
        assertRefused(ArteryBytes.join(ArteryBytes.begin(1), compressed), "compressed");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, -1})
    void textThatIsLongerThanItsFrameIsRefused(int length) {
        byte[] lie = ArteryBytes.frame(5, JSON, "", new byte[10]);
        ByteBuffer.wrap(lie).order(ByteOrder.LITTLE_ENDIAN).putShort(4 + 28, (short) length);
        assertRefused(
                ArteryBytes.join(ArteryBytes.begin(1), lie),
                length < 0 ? "text of a frame: -1" : "longer than the frame");
    }

    @Test
    void handshakeThatIsNoneIsRefused() {
        assertRefused(
                ArteryBytes.join(
                        ArteryBytes.begin(1), ArteryBytes.frame(5, ArteryBytes.ARTERY, "d", new byte[] {9, 9, 9})),
                "handshake: ");
    }

    @Test
    void longHandshakeIsRefused() {
        assertRefused(
                ArteryBytes.join(ArteryBytes.begin(1), ArteryBytes.frame(5, ArteryBytes.ARTERY, "d", new byte[5000])),
                "handshake: 5000 bytes");
    }

    @Test
    void anyBytesAreReadOrRefusedAndNothingElse() {
        long seed = Long.getLong("skein.seed", 42);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = ArteryBytes.join(
                    ArteryBytes.begin(1),
                    ArteryBytes.frame(5, ArteryBytes.ARTERY, "d", ArteryBytes.handshake(5, "a")),
                    ArteryBytes.frame(
                            random.nextLong(), JSON, "x".repeat(random.nextInt(50)), new byte[random.nextInt(300)]));
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
}
