package dev.skein.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a message comes from: what kind of publisher, and which one. Written {@code kind:name}, as in
 * {@code mqtt:GID_a@@@device1}; the kind alone when there is no name. Made once for each publisher, not for each
 * message; immutable, and read by any thread.
 */
public final class Origin {
    /** A client that speaks MQTT; the name is its client ID. */
    public static final String MQTT = "mqtt";

    /** A rule that takes messages from a back end; the name is its id. */
    public static final String RULE = "rule";

    /** A message of a version that did not tell. */
    public static final Origin UNKNOWN = new Origin(new byte[0]);

    /** The control API. */
    public static final Origin API = of("api");

    private final byte[] utf8;
    private @Nullable String text;
    private @Nullable String clientId;

    private Origin(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** Reads what {@link #toString} wrote; null is {@link #UNKNOWN}. */
    public static Origin of(@Nullable String text) {
        return text == null ? UNKNOWN : new Origin(text.getBytes(UTF_8));
    }

    /** Reads what {@link #utf8} gave; the array is kept. */
    public static Origin of(byte[] utf8) {
        return utf8.length == 0 ? UNKNOWN : new Origin(utf8);
    }

    /** A client of the protocol {@code kind}. */
    public static Origin client(String kind, String clientId) {
        return of(kind + ":" + clientId);
    }

    /** {@code mqtt}, {@code api}, {@code rule} or another protocol of clients; empty when it is not known. */
    public String kind() {
        String all = toString();
        int colon = all.indexOf(':');
        return colon < 0 ? all : all.substring(0, colon);
    }

    /** A client ID or the name of a rule; empty when there is none. */
    public String name() {
        String all = toString();
        int colon = all.indexOf(':');
        return colon < 0 ? "" : all.substring(colon + 1);
    }

    /** The client ID of a client that speaks MQTT; empty for everybody else. */
    public String clientId() {
        String known = clientId; // two threads may find it, the same
        if (known == null) {
            known = kind().equals(MQTT) ? name() : "";
            clientId = known;
        }
        return known;
    }

    /** {@link #toString} in UTF-8, read only. */
    public byte[] utf8() {
        return utf8;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Origin that && Arrays.equals(utf8, that.utf8));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8);
    }

    @Override
    public String toString() {
        String known = text; // two threads may decode it, to the same
        if (known == null) {
            known = new String(utf8, UTF_8);
            text = known;
        }
        return known;
    }
}
