package dev.skein.protocol.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Bytes spelled field by field, so that no encoder is its own oracle. */
public final class Wire {
    private Wire() {}

    /**
     * Reads fields parted by spaces: hexadecimal digits, {@code 'text'} for its UTF-8, {@code s'text'} for an MQTT
     * string with its two bytes of length. {@code 10 0c s'MQTT' 04 02 003c 0000} is a CONNECT. Text holds no space.
     */
    public static byte[] bytes(String fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String field : fields.trim().split(" +", -1)) {
            if (field.startsWith("s'")) {
                byte[] text = field.substring(2, field.length() - 1).getBytes(UTF_8);
                out.write(text.length >>> 8);
                out.write(text.length);
                out.writeBytes(text);
            } else if (field.startsWith("'")) {
                out.writeBytes(field.substring(1, field.length() - 1).getBytes(UTF_8));
            } else {
                out.writeBytes(HexFormat.of().parseHex(field));
            }
        }
        return out.toByteArray();
    }

    /** The bytes as lower-case hexadecimal digits. */
    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** {@link #hex(byte[])} of {@link #bytes}. */
    public static String hex(String fields) {
        return hex(bytes(fields));
    }
}
