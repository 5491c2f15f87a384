package dev.skein.loadtest.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Protocol 1 between processes: frames of four bytes of length and a JSON object; numbers in bulk are Base64. */
final class Frames {
    /** Both sides must have the same. */
    static final int PROTOCOL = 1;

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LARGEST = 1 << 28;

    private Frames() {}

    static ObjectNode call(String name) {
        return MAPPER.createObjectNode().put("call", name);
    }

    static void write(DataOutputStream out, ObjectNode frame) throws IOException {
        byte[] bytes = MAPPER.writeValueAsBytes(frame);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    static JsonNode read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LARGEST) {
            throw new IOException("frame: " + length + " bytes (expected: up to " + LARGEST + ")");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return MAPPER.readTree(bytes);
    }

    static byte[] bytes(int[] numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        buffer.asIntBuffer().put(numbers);
        return buffer.array();
    }

    static int[] ints(JsonNode node) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(node.binaryValue());
        int[] numbers = new int[buffer.remaining() / Integer.BYTES];
        buffer.asIntBuffer().get(numbers);
        return numbers;
    }

    static byte[] bytes(long[] numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(numbers.length * Long.BYTES);
        buffer.asLongBuffer().put(numbers);
        return buffer.array();
    }

    static long[] longs(JsonNode node) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(node.binaryValue());
        long[] numbers = new long[buffer.remaining() / Long.BYTES];
        buffer.asLongBuffer().get(numbers);
        return numbers;
    }

    static byte[] bytes(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return bytes;
    }

    static Histogram histogram(JsonNode node) throws IOException {
        try {
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(node.binaryValue()), 0);
        } catch (DataFormatException broken) {
            throw new IOException("histogram: " + broken.getMessage(), broken);
        }
    }

    static void put(ObjectNode node, String name, Histogram[] histograms) {
        var array = node.putArray(name);
        for (Histogram histogram : histograms) {
            array.add(bytes(histogram));
        }
    }

    static Histogram[] histograms(JsonNode array) throws IOException {
        Histogram[] histograms = new Histogram[array.size()];
        for (int i = 0; i < histograms.length; i++) {
            histograms[i] = histogram(array.get(i));
        }
        return histograms;
    }

    static Map<String, Long> counts(JsonNode node) {
        Map<String, Long> counts = new TreeMap<>();
        node.properties()
                .forEach(each -> counts.put(each.getKey(), each.getValue().asLong()));
        return counts;
    }
}
