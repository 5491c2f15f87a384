package dev.skein.persistence.jdbc.sql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.UUID;

/**
 * Short keys for texts of up to 65535 bytes, which a B-tree of PostgreSQL cannot hold (about 2700 bytes an entry).
 * Hashes are SHA-256 cut to 128 bits.
 */
public final class Keys {
    /** Longest text of {@link #bounded} and of the columns that hold it, in characters. */
    private static final int BOUNDED_LENGTH = 64;

    /** Longest text of {@link #prefix}, in characters. */
    private static final int PREFIX_LENGTH = 128;

    private static final int READABLE_LENGTH = 20;

    private Keys() {}

    /** Identifies {@code text}. */
    public static UUID hash(String text) {
        return uuid(digest(text));
    }

    /** Identifies {@code text} within {@code instance}. */
    public static UUID hash(String instance, String text) {
        return uuid(digest(instance + '\0' + text));
    }

    /** {@code level} itself when it is short; otherwise its beginning, a slash, which no level holds, and its hash. */
    public static String bounded(String level) {
        if (level.length() <= BOUNDED_LENGTH) {
            return level;
        }
        return cut(level, READABLE_LENGTH)
                + "/"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(digest(level));
    }

    /** The beginning of {@code text}: sorting by it and then by the text is sorting by the text. */
    public static String prefix(String text) {
        return cut(text, PREFIX_LENGTH);
    }

    /** First level of a topic name. */
    public static String topicParent(String topic) {
        int slash = topic.indexOf('/');
        return slash < 0 ? topic : topic.substring(0, slash);
    }

    /** First level of a topic filter; "#" when it is a wildcard, which no topic can begin with. */
    public static String filterParent(String filter) {
        String level = topicParent(filter);
        return level.equals("+") ? "#" : level;
    }

    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java platform", e);
        }
    }

    private static UUID uuid(byte[] digest) {
        ByteBuffer bytes = ByteBuffer.wrap(digest);
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
