package dev.skein.node.rule.connect;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * The classes of one connector and its libraries. Of the node it sees the connector interface and the log alone, so
 * that its Netty or Jackson meets no other.
 */
final class ConnectorLoader extends URLClassLoader {
    ConnectorLoader(String name, URL[] jars) {
        super("connector-" + name, jars, new Shared());
    }

    /** What connectors share with the node. */
    private static final class Shared extends ClassLoader {
        private static final String[] PACKAGES = {"dev.skein.connectors.api.", "org.slf4j.", "org.jspecify."};

        private Shared() {
            super("connector-api", getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            for (String each : PACKAGES) {
                if (name.startsWith(each)) {
                    return ConnectorLoader.class.getClassLoader().loadClass(name);
                }
            }
            throw new ClassNotFoundException(name);
        }
    }
}
