package dev.skein.node.rule.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.node.rule.flow.Entry;
import dev.skein.protocol.message.MessageId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a record lies in a spool: version, flags, key, tag, order key, properties, body. Texts have four bytes of length
 * and UTF-8. The topic is that of the rule when it is sent.
 */
public final class RecordCodec {
    private static final byte VERSION = 1;
    private static final byte AT_LEAST_ONCE = 1;
    private static final int PROPERTIES_MAX = 10_000;

    private RecordCodec() {}

    /** Writes {@code entry}. */
    public static byte[] encode(Entry entry) {
        SinkRecord record = entry.record();
        List<byte[]> texts = new ArrayList<>(3 + 2 * record.properties().size());
        texts.add(record.key().getBytes(UTF_8));
        texts.add(record.tag().getBytes(UTF_8));
        texts.add(record.orderKey().getBytes(UTF_8));
        record.properties().forEach((name, value) -> {
            texts.add(name.getBytes(UTF_8));
            texts.add(value.getBytes(UTF_8));
        });
        int size = 2 + Integer.BYTES + record.body().length;
        for (byte[] text : texts) {
            size += Integer.BYTES + text.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(VERSION);
        out.put(entry.isAtLeastOnce() ? AT_LEAST_ONCE : 0);
        out.putInt(record.properties().size());
        for (byte[] text : texts) {
            out.putInt(text.length).put(text);
        }
        return out.put(record.body()).array();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param topic where it goes
     * @param stored its place in the spool
     * @throws IllegalArgumentException when it is something else
     */
    public static Entry decode(byte[] bytes, String topic, @Nullable MessageId stored) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("spooled record: version " + version + " (expected: " + VERSION
                        + "; a later release may have written it)");
            }
            boolean atLeastOnce = (in.get() & AT_LEAST_ONCE) != 0;
            int count = in.getInt();
            if (count < 0 || count > PROPERTIES_MAX) {
                throw new IllegalArgumentException("spooled record: " + count + " properties");
            }
            String key = text(in);
            String tag = text(in);
            String orderKey = text(in);
            Map<String, String> properties = LinkedHashMap.newLinkedHashMap(count);
            for (int i = 0; i < count; i++) {
                properties.put(text(in), text(in));
            }
            byte[] body = new byte[in.remaining()];
            in.get(body);
            return new Entry(new SinkRecord(topic, key, tag, orderKey, properties, body), atLeastOnce, null, stored);
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("spooled record: cut off (expected: a whole one)", e);
        }
    }

    private static String text(ByteBuffer in) {
        int length = in.getInt();
        if (length > in.remaining()) {
            throw new IllegalArgumentException("spooled record: cut off (expected: a whole one)");
        }
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, UTF_8);
    }
}
