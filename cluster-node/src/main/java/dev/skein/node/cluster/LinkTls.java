package dev.skein.node.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.skein.protocol.wire.DurationText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How nodes show one another that they are nodes of this cluster, read from {@code skein.cluster.tls}.
 *
 * @param certificate PEM chain, this node's own certificate first; null: not given, and {@link #require} says so
 * @param key PEM private key, PKCS#8; null as above
 * @param keyPassword password of an encrypted key; empty for none
 * @param ca PEM certificates that those of the other nodes must chain to; null as above
 * @param reloadInterval how often the files are looked at; 100 ms..1 day
 * @param handshakeTimeout a connection that takes longer to show its certificate is closed; 100 ms..5 minutes
 */
public record LinkTls(
        @Nullable Path certificate,
        @Nullable Path key,
        String keyPassword,
        @Nullable Path ca,
        Duration reloadInterval,
        Duration handshakeTimeout) {
    /** The section. */
    public static final String SECTION = "skein.cluster.tls";

    /** Keys that name a file. */
    public static final List<String> FILES = List.of("certificate", "key", "ca");

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);
    private static final Duration LONGEST_HANDSHAKE = Duration.ofMinutes(5);

    /**
     * Reads and checks the settings; the files themselves are read when the port opens.
     *
     * @param needed whether there may be other nodes; without them nothing has to be set
     * @return null when the mode is off, or nothing is needed
     * @throws IllegalArgumentException naming the full key
     */
    static @Nullable LinkTls from(Config tls, boolean needed) {
        Duration interval = duration(tls, "reload-interval", LONGEST_INTERVAL);
        Duration handshake = duration(tls, "handshake-timeout", LONGEST_HANDSHAKE);
        boolean off = isOff(tls);
        Path certificate = path(tls, "certificate");
        Path key = path(tls, "key");
        Path ca = path(tls, "ca");
        return off || !needed
                ? null
                : new LinkTls(certificate, key, tls.getString("key-password"), ca, interval, handshake);
    }

    /**
     * Refuses settings that do without one of {@link #FILES}.
     *
     * @throws IllegalArgumentException naming the full key
     */
    public void require(String file) {
        Path given = switch (file) {
            case "certificate" -> certificate;
            case "key" -> key;
            default -> ca;
        };
        if (given == null) {
            throw wrong(
                    file,
                    "\"\"",
                    "a PEM file, because there are seeds or a discovery: skein cluster certificates makes all three for"
                            + " a start; or skein.cluster.tls.mode = off, where nobody else reaches the port");
        }
    }

    private static boolean isOff(Config tls) {
        String mode = tls.getString("mode").toLowerCase(Locale.ROOT);
        return switch (mode) {
            case "mutual" -> false;
            case "off" -> true;
            default -> throw wrong("mode", mode, "mutual, off");
        };
    }

    private static @Nullable Path path(Config tls, String name) {
        String value = tls.getString(name);
        try {
            return value.isEmpty() ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw wrong(name, value, "a path; " + e.getReason());
        }
    }

    private static Duration duration(Config tls, String name, Duration longest) {
        Duration value;
        try {
            value = tls.getDuration(name);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(SECTION + "." + name + ": " + e.getMessage(), e);
        }
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
            throw wrong(name, DurationText.of(value), DurationText.range(SHORTEST, longest));
        }
        return value;
    }

    private static IllegalArgumentException wrong(String name, String value, String expected) {
        return new IllegalArgumentException(SECTION + "." + name + ": " + value + " (expected: " + expected + ")");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "LinkTls[certificate=" + certificate + ", key=" + key + ", ca=" + ca + "]";
    }
}
