package dev.skein.node.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that the node was built as. */
public final class BuildVersion {
    private static final String TEXT = read();

    private BuildVersion() {}

    /** Such as {@code 0.1.0}; the build writes it into a resource. */
    public static String text() {
        return TEXT;
    }

    private static String read() {
        try (InputStream in = BuildVersion.class.getResourceAsStream("/skein-version.properties")) {
            if (in == null) {
                throw new IllegalStateException("skein-version.properties: missing (expected: made by the build)");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
