package dev.skein.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.testing.Seeded;
import dev.skein.protocol.testing.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** The same packets come out however the network cuts the stream. */
class MqttFramerSplitTest {
    @Test
    void inOnePiece() throws Exception {
        Seeded.run(random -> check(random, 500, () -> Integer.MAX_VALUE));
    }

    @Test
    void byteByByte() throws Exception {
        Seeded.run(random -> check(random, 60, () -> 1));
    }

    @Test
    void inRandomPieces() throws Exception {
        Seeded.run(random -> {
            for (int round = 0; round < 100; round++) {
                int longest = 1 << random.nextInt(1, 15);
                check(random, 50, () -> random.nextInt(1, longest + 1));
            }
        });
    }

    private static void check(SplittableRandom random, int packets, IntSupplier pieceLength) {
        StringBuilder stream = new StringBuilder(GeneratedPackets.connect(false));
        List<String> expected = new ArrayList<>(List.of(stream.toString()));
        for (int i = 0; i < packets; i++) {
            GeneratedPackets.Packet packet = GeneratedPackets.next(random);
            stream.append(packet.wire());
            expected.add(packet.expected());
        }
        byte[] bytes = Wire.bytes(stream.toString());
        try (FramerProbe probe = new FramerProbe()) {
            for (int at = 0; at < bytes.length; ) {
                int end = (int) Math.min(bytes.length, (long) at + pieceLength.getAsInt());
                probe.write(Arrays.copyOfRange(bytes, at, end));
                at = end;
            }
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received.stream().map(Object::toString)).isEqualTo(expected);
            assertThat(probe.memory.metric().usedHeapMemory()).isZero();
        }
    }
}
