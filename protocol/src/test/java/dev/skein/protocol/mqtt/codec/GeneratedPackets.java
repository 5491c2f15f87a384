package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.testing.Wire;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.SplittableRandom;

/** Legal packets of a client, spelled without our encoders. */
final class GeneratedPackets {
    private static final List<String> TOPICS = List.of("a", "a/b", "/", "sensors/\u00fc/1", "d/p2p/GID_x@@@1");
    private static final List<String> FILTERS = List.of("a", "#", "+/b", "/+", "$SYS/#", "\u20ac/#");

    private GeneratedPackets() {}

    /**
     * One legal packet and what should come out of the framer for it.
     *
     * @param wire hexadecimal digits
     * @param expected {@link InboundPublish#toString()}, or the digits again
     */
    record Packet(String wire, String expected) {}

    static String connect(boolean v31) {
        return Wire.hex(v31 ? "10 0f s'MQIsdp' 03 02 003c s'p'" : "10 0d s'MQTT' 04 02 003c s'p'");
    }

    /** Any packet but CONNECT and DISCONNECT. */
    static Packet next(SplittableRandom random) {
        String id = Wire.hex(new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(1, 256)});
        String other = switch (random.nextInt(10)) {
            case 0 -> "4002" + id;
            case 1 -> "5002" + id;
            case 2 -> "6202" + id;
            case 3 -> "7002" + id;
            case 4 -> "c000";
            case 5 -> frame("82", id + filters(random, true));
            case 6 -> frame("a2", id + filters(random, false));
            default -> null;
        };
        return other == null ? publish(random, id) : new Packet(other, other);
    }

    private static Packet publish(SplittableRandom random, String id) {
        int qos = random.nextInt(3);
        boolean dup = qos > 0 && random.nextBoolean();
        boolean retain = random.nextBoolean();
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        int length = random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(200);
        String first = Wire.hex(new byte[] {(byte) (0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0))});
        String wire = frame(first, Wire.hex("s'" + topic + "'") + (qos > 0 ? id : "") + "5a".repeat(length));
        String expected = "PUBLISH " + topic + " qos " + qos + (dup ? " dup" : "") + (retain ? " retain" : "") + " id "
                + (qos > 0 ? Integer.parseInt(id, 16) : 0) + ", " + length + " bytes";
        return new Packet(wire, expected);
    }

    private static String filters(SplittableRandom random, boolean withQos) {
        StringBuilder filters = new StringBuilder();
        for (int count = random.nextInt(1, 4); count > 0; count--) {
            filters.append(Wire.hex("s'" + FILTERS.get(random.nextInt(FILTERS.size())) + "'"));
            filters.append(withQos ? "0" + random.nextInt(3) : "");
        }
        return filters.toString();
    }

    private static String frame(String firstByte, String body) {
        ByteArrayOutputStream length = new ByteArrayOutputStream();
        int rest = body.length() / 2;
        do {
            length.write(rest % 128 + (rest >= 128 ? 128 : 0));
            rest /= 128;
        } while (rest > 0);
        return firstByte + Wire.hex(length.toByteArray()) + body;
    }
}
