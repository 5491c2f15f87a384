package dev.skein.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.fail;

import dev.skein.protocol.testing.Seeded;
import dev.skein.protocol.testing.Wire;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Hostile input: whatever arrives, nothing but one {@link MalformedPacketException} comes out, no buffer is lost, and
 * what the framer lets through is decoded at once.
 */
class MqttFramerFuzzTest {
    private static final int FRAMES = 100_000;

    @Test
    void survivesGarbage() throws Exception {
        TopicNameCache topics = new TopicNameCache();
        Seeded.run(random -> {
            for (int i = 0; i < FRAMES; i++) {
                byte[] input = input(random);
                boolean v31 = random.nextInt(4) == 0;
                try (FramerProbe probe = FramerProbe.decoding(topics, 1000)) {
                    probe.write(GeneratedPackets.connect(v31));
                    int split = random.nextInt(input.length + 1);
                    probe.write(Arrays.copyOf(input, split));
                    probe.write(Arrays.copyOfRange(input, split, input.length));
                    check(probe);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("input " + Wire.hex(input) + ": " + e.getMessage(), e);
                }
            }
        });
    }

    private static void check(FramerProbe probe) {
        if (probe.failures.size() > 1) {
            fail("one failure only, but %s", probe.failures);
        }
        for (Throwable failure : probe.failures) {
            if (!(failure instanceof MalformedPacketException)) {
                fail("only MalformedPacketException, but %s", failure.toString());
            }
        }
        for (Object message : probe.received) {
            if (message instanceof MqttMessage mqtt && mqtt.decoderResult().isFailure() && !mayFail(mqtt)) {
                fail("not decoded: %s", mqtt.decoderResult());
            }
        }
    }

    /** A CONNECT of another level: the application has to answer it. */
    private static boolean mayFail(MqttMessage message) {
        return message.decoderResult().cause() instanceof MqttUnacceptableProtocolVersionException;
    }

    private static byte[] input(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> bytes(random, random.nextInt(1, 40));
            case 1 -> header(random);
            default -> mutated(random);
        };
    }

    /** A likely type, a right length, and a body of random small numbers and letters. */
    private static byte[] header(SplittableRandom random) {
        int[] firstBytes = {0x10, 0x30, 0x32, 0x34, 0x3D, 0x40, 0x50, 0x62, 0x70, 0x82, 0xA2, 0xC0, 0xE0};
        byte[] packet = bytes(random, random.nextInt(2, 30));
        packet[0] = (byte) firstBytes[random.nextInt(firstBytes.length)];
        packet[1] = (byte) (packet.length - 2);
        byte[] likely = {0, 0, 0, 1, 2, 3, 4, 'a', '/', '+', '#', '$'};
        for (int i = 2; i < packet.length; i++) {
            packet[i] = random.nextInt(8) == 0 ? packet[i] : likely[random.nextInt(likely.length)];
        }
        return packet;
    }

    /** Legal packets with some bytes changed, taken out or put in. */
    private static byte[] mutated(SplittableRandom random) {
        StringBuilder stream = new StringBuilder();
        for (int packets = random.nextInt(1, 4); packets > 0; packets--) {
            String wire = random.nextInt(8) == 0
                    ? connect(random)
                    : GeneratedPackets.next(random).wire();
            stream.append(wire, 0, Math.min(wire.length(), 400));
        }
        byte[] bytes = Wire.bytes(stream.toString());
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes[random.nextInt(Math.min(bytes.length, 24))] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1) : bytes;
    }

    private static String connect(SplittableRandom random) {
        return random.nextBoolean()
                ? GeneratedPackets.connect(random.nextBoolean())
                : Wire.hex("10 19 s'MQTT' 04 ee 003c s'p' s'w' s'm' s'u' s's'");
    }

    private static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
