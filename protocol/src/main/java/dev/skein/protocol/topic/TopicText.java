package dev.skein.protocol.topic;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** The rules that topic names and filters share: MQTT 3.1.1 sections 1.5.3 and 4.7.3. */
final class TopicText {
    /** Longest UTF-8 encoded string, in bytes. */
    static final int MAX_BYTES = 65_535;

    private TopicText() {}

    /** Null when {@code text} can be an MQTT string of at least one character, else what is wrong with it. */
    static @Nullable String violation(String name, String text) {
        if (text.isEmpty()) {
            return FailureText.of(name, text, "at least one character"); // [MQTT-4.7.3-1]
        }
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return FailureText.of(name, text, "no U+0000"); // [MQTT-4.7.3-2]
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return FailureText.of(name, text, "no lone surrogate"); // [MQTT-1.5.3-1]
                }
                i++;
                bytes += 4;
            } else {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
        }
        return bytes <= MAX_BYTES
                ? null
                : FailureText.of(name, text, "<= " + MAX_BYTES + " bytes of UTF-8"); // [MQTT-4.7.3-3]
    }
}
