package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.api.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageBatch;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;

/** Records as RocketMQ's messages and back. */
final class Messages {
    private static final byte[] EMPTY = {};

    /** RocketMQ puts these between names and values: one inside would change what the others are. */
    private static final String SEPARATORS = "\u0001\u0002";

    /**
     * The length of all properties is written in 15 bits. The client and the broker add some 200 bytes of their own.
     */
    private static final int PROPERTIES_MAX = Short.MAX_VALUE - 512;

    /** What brokers and clients add beside those that no user may set. */
    private static final Set<String> SYSTEM = Set.of("__CLIENT_HOST", "BORN_HOST", "BORN_TIMESTAMP", "TRACE_ON");

    private Messages() {}

    /** Why no broker will ever take the record; empty when one may. */
    static Optional<String> problem(SinkRecord record, int bodyMax) {
        if (!Texts.isName(record.topic())) {
            return Optional.of("topic " + record.topic() + " (expected: " + Texts.NAME + ")");
        }
        if (record.body().length > bodyMax) {
            return Optional.of("body of " + record.body().length + " bytes (expected: at most " + bodyMax + ")");
        }
        int length = utf8(record.key()) + utf8(record.tag());
        if (hasSeparator(record.key()) || hasSeparator(record.tag())) {
            return Optional.of("key or tag with U+0001 or U+0002, which RocketMQ has between properties");
        }
        for (Map.Entry<String, String> property : record.properties().entrySet()) {
            String name = property.getKey();
            if (name.isEmpty() || MessageConst.STRING_HASH_SET.contains(name)) {
                return Optional.of("property " + name + " (expected: a name that RocketMQ does not use itself)");
            }
            if (hasSeparator(name) || hasSeparator(property.getValue())) {
                return Optional.of(
                        "property " + name + " with U+0001 or U+0002, which RocketMQ has between properties");
            }
            length += utf8(name) + utf8(property.getValue()) + 2;
        }
        return length <= PROPERTIES_MAX
                ? Optional.empty()
                : Optional.of("properties of " + length + " bytes (expected: at most " + PROPERTIES_MAX + ")");
    }

    private static boolean hasSeparator(String text) {
        return text.indexOf(SEPARATORS.charAt(0)) >= 0 || text.indexOf(SEPARATORS.charAt(1)) >= 0;
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * One request for records of one topic. The client refuses an empty body only where it makes the batch itself, and
     * the brokers take it.
     */
    static MessageBatch batch(List<SinkRecord> records) {
        List<Message> messages = records.stream().map(Messages::message).toList();
        MessageBatch batch = MessageBatch.generateFromList(messages);
        batch.setBody(batch.encode());
        return batch;
    }

    private static Message message(SinkRecord record) {
        Message message = new Message(record.topic(), record.body());
        record.properties().forEach((name, value) -> {
            if (!value.isEmpty()) { // RocketMQ knows no empty value: to a consumer it is the same as none
                MessageAccessor.putProperty(message, name, value);
            }
        });
        if (!record.key().isEmpty()) {
            message.setKeys(record.key());
        }
        if (!record.tag().isEmpty()) {
            message.setTags(record.tag());
        }
        message.setWaitStoreMsgOK(true);
        MessageClientIDSetter.setUniqID(message);
        return message;
    }

    static SourceRecord record(MessageExt message) {
        Map<String, String> properties = new LinkedHashMap<>();
        message.getProperties().forEach((name, value) -> {
            if (!MessageConst.STRING_HASH_SET.contains(name) && !SYSTEM.contains(name)) {
                properties.put(name, value);
            }
        });
        return new SourceRecord(
                message.getMsgId(),
                message.getTopic(),
                Objects.requireNonNullElse(message.getKeys(), ""),
                Objects.requireNonNullElse(message.getTags(), ""),
                properties,
                Objects.requireNonNullElse(message.getBody(), EMPTY));
    }
}
