package dev.skein.connectors.kafka;

import dev.skein.connectors.api.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Where what Kafka has no field for stands. */
final class Headers {
    /** The identity of a message. */
    static final String KEY = "messageId";

    static final String TAG = "tag";

    private static final byte[] EMPTY = {};

    private Headers() {}

    static SourceRecord record(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            properties.put(header.key(), text(header.value()));
        }
        String tag = Objects.requireNonNullElse(properties.remove(TAG), "");
        return new SourceRecord(
                record.topic() + "-" + record.partition() + "@" + record.offset(),
                record.topic(),
                text(record.key()),
                tag,
                properties,
                Objects.requireNonNullElse(record.value(), EMPTY));
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
