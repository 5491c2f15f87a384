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
 * @param certificate PEM chain, this node's own certificate first
 * @param key PEM private key, PKCS#8
 * @param keyPassword password of an encrypted key; empty for none
 * @param ca PEM certificates that those of the other nodes must chain to
 * @param reloadInterval how often the files are looked at; 100 ms..1 day
 * @param handshakeTimeout a connection that takes longer to show its certificate is closed; 100 ms..5 minutes
 */
public record LinkTls(
        Path certificate, Path key, String keyPassword, Path ca, Duration reloadInterval, Duration handshakeTimeout) {
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
        if (off || !needed) {
            return null;
        }
        return new LinkTls(
                required("certificate", certificate, "the certificate chain of this node"),
                required("key", key, "the private key of skein.cluster.tls.certificate"),
                tls.getString("key-password"),
                required("ca", ca, "a file of CA certificates"),
                interval,
                handshake);
    }

    private static boolean isOff(Config tls) {
        String mode = tls.getString("mode").toLowerCase(Locale.ROOT);
        return switch (mode) {
            case "mutual" -> false;
            case "off" -> true;
            default -> throw wrong("mode", mode, "mutual, off");
        };
    }

    private static Path required(String name, @Nullable Path path, String what) {
        if (path == null) {
            throw wrong(
                    name,
                    "\"\"",
                    what + ", because there are seeds or a discovery: skein cluster certificates makes all three files"
                            + " for a start; or skein.cluster.tls.mode = off, when nobody else reaches the port");
        }
        return path;
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
