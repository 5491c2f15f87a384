package dev.skein.node.rule.connect;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.ConnectorType;
import dev.skein.connectors.api.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of connectors whose jars are there, by their names. Immutable. */
public final class ConnectorTypes {
    /** None. */
    public static final ConnectorTypes NONE = new ConnectorTypes(Map.of(), List.of());

    private final Map<String, Loaded> byName;
    private final List<String> problems;

    private record Loaded(ConnectorType type, ClassLoader loader) {}

    private ConnectorTypes(Map<String, Loaded> byName, List<String> problems) {
        this.byName = byName;
        this.problems = problems;
    }

    /**
     * Loads those of {@code lib/connectors} beside the node's own jars, of a checkout's modules, and of another
     * directory.
     *
     * @param further a directory with a directory of jars for each; empty for none
     */
    public static ConnectorTypes find(String further) {
        List<Path> directories = new ArrayList<>();
        Path home = home();
        if (home != null) {
            directories.addAll(below(home.resolve("lib/connectors")));
            directories.addAll(below(home.resolve("connectors")));
            Path checkout =
                    home.endsWith("target") ? home.resolve("../../connectors").normalize() : null;
            if (checkout != null) {
                below(checkout).forEach(module -> directories.add(module.resolve("target/lib")));
            }
        }
        if (!further.isEmpty()) {
            directories.addAll(below(Path.of(further)));
        }
        return load(directories);
    }

    /** Where the jar of this class lies; null when it does not come from a file. */
    private static @Nullable Path home() {
        CodeSource source = ConnectorTypes.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null) {
            return null;
        }
        try {
            URI uri = location.toURI();
            return uri.getScheme().equals("file") ? Path.of(uri).getParent() : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static List<Path> below(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    /** Loads the connectors of {@code directories}, each a directory of jars. */
    static ConnectorTypes load(List<Path> directories) {
        Map<String, Loaded> byName = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (Path directory : directories) {
            try {
                URL[] jars = jars(directory);
                if (jars.length > 0) {
                    load(new ConnectorLoader(directory.toString(), jars), byName);
                }
            } catch (IOException | ServiceConfigurationError | LinkageError e) {
                problems.add(directory + ": its connector cannot be loaded: " + e);
            }
        }
        return new ConnectorTypes(byName, problems);
    }

    private static URL[] jars(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return new URL[0];
        }
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".jar")) {
                    jars.add(file.toUri().toURL());
                }
            }
        }
        return jars.toArray(URL[]::new);
    }

    private static void load(ClassLoader loader, Map<String, Loaded> byName) {
        for (ConnectorType type : ServiceLoader.load(ConnectorType.class, loader)) {
            byName.putIfAbsent(type.name(), new Loaded(type, loader));
        }
    }

    /** Their names. */
    public Set<String> names() {
        return new TreeSet<>(byName.keySet());
    }

    /** What could not be loaded, one line for each directory. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * What is wrong with the settings of a connector, one line for each.
     *
     * @param type what its {@code type} says
     */
    public List<String> problems(String type, Settings settings) {
        Loaded loaded = byName.get(type);
        if (loaded == null) {
            return List.of("%s.type: %s (expected: %s)"
                    .formatted(
                            settings.path(),
                            type,
                            byName.isEmpty()
                                    ? "a connector whose jars are in lib/connectors; there are none"
                                    : "one of " + String.join(", ", byName.keySet())
                                            + ", whose jars are in lib/connectors"));
        }
        return within(loaded.loader(), () -> loaded.type().problems(settings));
    }

    /**
     * Makes a connector; its code runs with its own class loader as the context's.
     *
     * @throws IllegalArgumentException for settings with problems
     */
    public Connector open(String type, Settings settings) {
        Loaded loaded = byName.get(type);
        if (loaded == null) {
            throw new IllegalArgumentException(problems(type, settings).getFirst());
        }
        Connector opened = within(loaded.loader(), () -> loaded.type().open(settings));
        return new GuardedConnector(opened, loaded.loader());
    }

    /** Libraries look for their parts by the class loader of the context, and threads inherit it. */
    static <T> T within(ClassLoader loader, Supplier<T> task) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return task.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
