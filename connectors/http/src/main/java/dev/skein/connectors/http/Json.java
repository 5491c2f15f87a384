package dev.skein.connectors.http;

import dev.skein.connectors.api.SinkRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Records as JSON. */
final class Json {
    private Json() {}

    /** One object, or an array of them. */
    static byte[] of(List<SinkRecord> records, boolean array) {
        StringBuilder json = new StringBuilder(array ? "[" : "");
        for (int i = 0; i < records.size(); i++) {
            append(i == 0 ? json : json.append(','), records.get(i));
        }
        return json.append(array ? "]" : "").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder json, SinkRecord record) {
        json.append("{\"key\":");
        quote(json, record.key());
        json.append(",\"tag\":");
        quote(json, record.tag());
        json.append(",\"properties\":{");
        boolean first = true;
        for (Map.Entry<String, String> property : record.properties().entrySet()) {
            quote(first ? json : json.append(','), property.getKey());
            quote(json.append(':'), property.getValue());
            first = false;
        }
        json.append("},");
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(record.body()))
                    .toString();
            quote(json.append("\"body\":"), text);
        } catch (CharacterCodingException e) {
            quote(json.append("\"bodyBase64\":"), Base64.getEncoder().encodeToString(record.body()));
        }
        json.append('}');
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ') {
                        json.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
