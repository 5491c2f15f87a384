package dev.skein.protocol.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.skein.protocol.testing.Seeded;
import dev.skein.protocol.testing.Wire;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {
    @ParameterizedTest // [MQTT-1.5.3-1]
    @CsvSource({
        "80, 0", // a continuation byte alone
        "c0 80, 0", // overlong U+0000
        "c1 bf, 0", // overlong U+007F
        "e0 9f bf, 0", // overlong U+07FF
        "f0 8f bf bf, 0", // overlong U+FFFF
        "ed a0 80, 0", // U+D800
        "ed bf bf, 0", // U+DFFF
        "ed a0 bd ed b8 80, 0", // a surrogate pair, each half encoded: CESU-8
        "f4 90 80 80, 0", // U+110000
        "f5 80 80 80, 0",
        "ff, 0",
        "61 c3, 1", // cut short
        "61 62 e2 82, 2",
        "61 f0 9f 98, 1",
        "c3 28, 0",
        "e2 28 a1, 0",
        "e2 82 28, 0",
        "f0 9f 98 28, 0",
    })
    void findsTheFirstIllFormedByte(String bytes, int expected) {
        assertThat(firstIllFormed(Wire.bytes(bytes))).isEqualTo(expected);
    }

    @Test
    void acceptsTheFirstAndLastCharacterOfEachLength() {
        for (int codePoint :
                new int[] {0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFEFF, 0xFFFF, 0x10000, 0x10FFFF}) {
            assertThat(firstIllFormed(Character.toString(codePoint).getBytes(UTF_8)))
                    .as("U+%04X", codePoint)
                    .isEqualTo(Utf8.VALID);
        }
    }

    @Test
    void looksAtNothingOutsideItsRange() {
        byte[] bytes = Wire.bytes("ff 'ab' ff");
        assertThat(Utf8.firstIllFormed(Unpooled.wrappedBuffer(bytes), 1, 2)).isEqualTo(Utf8.VALID);
        assertThat(Utf8.firstIllFormed(Unpooled.wrappedBuffer(bytes), 1, 3)).isEqualTo(2);
        assertThat(Utf8.firstIllFormed(Unpooled.wrappedBuffer(Wire.bytes("c3 a4")), 0, 1))
                .isZero();
    }

    @Test
    void agreesWithTheStrictDecoderOfTheJdkOnGeneratedBytes() throws Exception {
        Seeded.run(random -> {
            int[] lively = {
                0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0,
                0xF1, 0xF4, 0xF5
            };
            for (int i = 0; i < 300_000; i++) {
                byte[] bytes = new byte[random.nextInt(6)];
                for (int k = 0; k < bytes.length; k++) {
                    bytes[k] = (byte) lively[random.nextInt(lively.length)];
                }
                if ((firstIllFormed(bytes) == Utf8.VALID) != jdkAccepts(bytes)) {
                    fail(Wire.hex(bytes));
                }
            }
        });
    }

    private static int firstIllFormed(byte[] bytes) {
        return Utf8.firstIllFormed(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
    }

    private static boolean jdkAccepts(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
