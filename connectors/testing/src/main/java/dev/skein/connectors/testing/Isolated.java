package dev.skein.connectors.testing;

import dev.skein.connectors.api.ConnectorType;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A connector as a node loads it: from the jars in its directory, which see the JDK, the interface and SLF4J beside.
 */
public final class Isolated {
    private Isolated() {}

    /** The only kind of connector in a directory of jars. */
    public static ConnectorType load(Path directory) throws IOException {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
            for (Path file : files) {
                jars.add(file.toUri().toURL());
            }
        }
        ClassLoader loader = new URLClassLoader(jars.toArray(new URL[0]), new Shared());
        return ServiceLoader.load(ConnectorType.class, loader).stream()
                .filter(provider -> provider.type().getClassLoader() == loader)
                .map(ServiceLoader.Provider::get)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no connector in " + directory + " " + jars));
    }

    /** What the class loaders of connectors have in common. */
    private static final class Shared extends ClassLoader {
        Shared() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("dev.skein.connectors.api.") || name.startsWith("org.slf4j.")) {
                return Isolated.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
