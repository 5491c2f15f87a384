package dev.skein.node.control;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.topic.TopicNames;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads the fields of a message, of which each can be what MQTT 5 can carry (section 3.3.2.3). */
final class MessageFields {
    static final String TOPIC = "topic";
    private static final String QOS = "qos";
    private static final String RETAIN = "retain";
    private static final String PAYLOAD = "payload";
    private static final String PAYLOAD_BASE64 = "payloadBase64";
    private static final String PAYLOAD_FORMAT = "payloadFormat";
    private static final String CONTENT_TYPE = "contentType";
    private static final String RESPONSE_TOPIC = "responseTopic";
    private static final String CORRELATION_DATA = "correlationDataBase64";
    private static final String USER_PROPERTIES = "userProperties";
    private static final String NAME = "name";
    private static final String VALUE = "value";
    private static final String EXPIRY = "messageExpirySeconds";
    private static final int QOS_MAX = 2;
    private static final int BYTES_MAX = 65_535;
    private static final long EXPIRY_MAX = 0xFFFF_FFFFL;

    /** Names of all of them. */
    static final List<String> NAMES = List.of(
            TOPIC,
            QOS,
            RETAIN,
            PAYLOAD,
            PAYLOAD_BASE64,
            PAYLOAD_FORMAT,
            CONTENT_TYPE,
            RESPONSE_TOPIC,
            CORRELATION_DATA,
            USER_PROPERTIES,
            EXPIRY);

    private MessageFields() {}

    static NewMessage read(Fields body) {
        String topic = topic(TOPIC, body.text(TOPIC));
        int qos = body.integer(QOS, 0, QOS_MAX, 0);
        boolean retain = body.flag(RETAIN);
        byte[] payload = payload(body);
        long expiry = body.number(EXPIRY, 1, EXPIRY_MAX, 0);
        return new NewMessage(
                topic, new Content(payload, properties(body, payload).build()), qos, retain, expiry);
    }

    private static Properties.Builder properties(Fields body, byte[] payload) {
        Properties.Builder properties = new Properties.Builder();
        body.optionalText(PAYLOAD_FORMAT).ifPresent(format -> properties.payloadFormat(indicator(format, payload)));
        body.optionalText(CONTENT_TYPE).ifPresent(type -> properties.contentType(string(CONTENT_TYPE, type)));
        body.optionalText(RESPONSE_TOPIC).ifPresent(topic -> properties.responseTopic(topic(RESPONSE_TOPIC, topic)));
        body.optionalText(CORRELATION_DATA).ifPresent(data -> properties.correlationData(correlation(data)));
        for (Fields user : body.list(USER_PROPERTIES, List.of(NAME, VALUE))) {
            properties.user(string(USER_PROPERTIES, user.text(NAME)), string(USER_PROPERTIES, user.text(VALUE)));
        }
        return properties;
    }

    private static boolean isText(byte[] payload) {
        try {
            var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static int indicator(String format, byte[] payload) {
        return switch (format) {
            case "bytes" -> 0;
            case "text" -> {
                if (!isText(payload)) {
                    throw invalid(PAYLOAD_FORMAT, "text, and the payload is not", "bytes, or a payload of UTF-8");
                }
                yield 1;
            }
            default -> throw invalid(PAYLOAD_FORMAT, format, "text or bytes");
        };
    }

    private static String topic(String field, String topic) {
        String violation = TopicNames.violation(topic);
        if (violation != null) {
            throw new ControlException(ErrorCode.INVALID_FIELD, field + violation.substring(TOPIC.length()));
        }
        return topic;
    }

    /** What MQTT's strings may be [MQTT-1.5.4-2]. */
    private static String string(String field, String text) {
        if (text.indexOf('\0') >= 0) {
            throw invalid(field, "holds U+0000", "text without it");
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BYTES_MAX) {
            throw invalid(field, bytes + " bytes of UTF-8", "at most " + BYTES_MAX);
        }
        return text;
    }

    private static byte[] correlation(String base64) {
        byte[] data = decode(CORRELATION_DATA, base64);
        if (data.length > BYTES_MAX) {
            throw invalid(CORRELATION_DATA, data.length + " bytes", "at most " + BYTES_MAX);
        }
        return data;
    }

    private static byte[] payload(Fields body) {
        Optional<String> text = body.optionalText(PAYLOAD);
        Optional<String> base64 = body.optionalText(PAYLOAD_BASE64);
        if (text.isPresent() == base64.isPresent()) {
            throw new ControlException(
                    text.isPresent() ? ErrorCode.INVALID_FIELD : ErrorCode.MISSING_FIELD,
                    "payload: %s (expected: either payload or payloadBase64)"
                            .formatted(text.isPresent() ? "given twice" : "absent"));
        }
        return text.map(value -> value.getBytes(StandardCharsets.UTF_8))
                .orElseGet(() -> decode(PAYLOAD_BASE64, base64.orElseThrow()));
    }

    private static byte[] decode(String field, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw invalid(field, "not Base64", "Base64 with padding, no line breaks");
        }
    }

    private static ControlException invalid(String field, String found, String expected) {
        return new ControlException(ErrorCode.INVALID_FIELD, "%s: %s (expected: %s)".formatted(field, found, expected));
    }
}
