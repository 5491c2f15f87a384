package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.text.Normalizer;

/**
 * Passwords as SCRAM wants them before they are hashed (SASLprep, RFC 4013), so that each way to write a character is
 * one. What it forbids is taken as it is, as PostgreSQL takes it.
 */
final class SaslPrep {
    private SaslPrep() {}

    /** Returns {@code password} itself when nothing is to be changed. */
    static byte[] prepare(byte[] password) {
        if (isAscii(password)) {
            return password;
        }
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(password)).toString();
            StringBuilder mapped = new StringBuilder(text.length());
            text.codePoints()
                    .filter(each -> !isMappedToNothing(each))
                    .forEach(each -> mapped.appendCodePoint(space(each)));
            String prepared = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
            boolean forbidden = prepared.isEmpty() || prepared.codePoints().anyMatch(SaslPrep::isForbidden);
            return forbidden ? password : prepared.getBytes(UTF_8);
        } catch (CharacterCodingException e) {
            return password; // MQTT lets a password be any bytes
        }
    }

    private static boolean isAscii(byte[] password) {
        for (byte each : password) {
            if (each < 0) {
                return false;
            }
        }
        return true;
    }

    /** RFC 3454, table C.1.2. */
    private static int space(int codePoint) {
        boolean other = Character.getType(codePoint) == Character.SPACE_SEPARATOR || codePoint == 0x200B;
        return other ? ' ' : codePoint;
    }

    /** RFC 3454, table B.1. */
    private static boolean isMappedToNothing(int codePoint) {
        return switch (codePoint) {
            case 0x00AD, 0x034F, 0x1806, 0x180B, 0x180C, 0x180D, 0x200C, 0x200D, 0x2060, 0xFEFF -> true;
            default -> codePoint >= 0xFE00 && codePoint <= 0xFE0F;
        };
    }

    /** RFC 3454, tables C.2 to C.5 and C.8 as the JDK's types name them. */
    private static boolean isForbidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
