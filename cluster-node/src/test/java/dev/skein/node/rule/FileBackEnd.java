package dev.skein.node.rule;

import dev.skein.node.rule.files.FileConnectorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A directory of topics, and the jar of the connector that knows it. */
public final class FileBackEnd {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Path connectors;
    private final Path topics;

    /** One line of a topic. */
    public record Line(String key, String tag, String orderKey, Map<String, String> properties, String body) {
        static Line of(String text) {
            String[] parts = text.split("\t", -1);
            Map<String, String> properties = new TreeMap<>();
            for (String each : parts[3].split(";", -1)) {
                int equals = each.indexOf('=');
                if (equals > 0) {
                    properties.put(each.substring(0, equals), each.substring(equals + 1));
                }
            }
            return new Line(parts[0], parts[1], parts[2], properties, parts[4]);
        }
    }

    /** Below {@code home}. */
    public FileBackEnd(Path home) {
        connectors = home.resolve("connectors");
        topics = home.resolve("topics");
        try {
            Files.createDirectories(topics);
            Files.createDirectories(connectors.resolve("files"));
            writeJar(connectors.resolve("files/files.jar"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeJar(Path jar) throws IOException {
        Class<?> type = FileConnectorType.class;
        Path classes = Path.of(Objects.requireNonNull(type.getResource(type.getSimpleName() + ".class"))
                        .getPath())
                .getParent();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.list(Objects.requireNonNull(classes))) {
            for (Path file : files.sorted().toList()) {
                out.putNextEntry(new JarEntry(type.getPackageName().replace('.', '/') + "/" + file.getFileName()));
                try (InputStream in = Files.newInputStream(file)) {
                    in.transferTo(out);
                }
            }
            out.putNextEntry(new JarEntry("META-INF/services/dev.skein.connectors.api.ConnectorType"));
            out.write(type.getName().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The settings of a node that has it as connector {@code files}. */
    public String[] settings(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "skein.rules.connectors-directory=" + connectors,
                "skein.rules.patience=1s",
                "skein.rules.retry=50ms",
                "skein.rules.retry-max=200ms",
                "skein.connectors.files={ type = files, directory = \"" + topics + "\" }"));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    /** Sets or removes a mark such as {@code away}. */
    public void mark(String name, boolean set) {
        try {
            if (set) {
                Files.writeString(topics.resolve(name), "");
            } else {
                Files.deleteIfExists(topics.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a source of {@code topic} gives next. */
    public void give(String topic, String key, String properties, String body) {
        append(topic + ".in", key + "\t" + properties + "\t" + body + "\n");
    }

    private void append(String file, String text) {
        try {
            Files.writeString(topics.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a file; none when it is not there. */
    public List<String> read(String file) {
        Path path = topics.resolve(file);
        try {
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a topic has. */
    public List<Line> lines(String topic) {
        return read(topic).stream().map(Line::of).toList();
    }

    /** Waits until a topic has what is expected. */
    public List<Line> await(String topic, Predicate<List<Line>> expected) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        List<Line> lines = lines(topic);
        while (!expected.test(lines)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(topic + ": " + lines);
            }
            LockSupport.parkNanos(20_000_000);
            lines = lines(topic);
        }
        return lines;
    }
}
