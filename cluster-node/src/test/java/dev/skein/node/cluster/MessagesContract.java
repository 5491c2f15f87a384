package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.protocol.message.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.apache.pekko.serialization.jackson.JacksonSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What crosses nodes, with the serializers of a node: this version reads what it writes, and what earlier versions have
 * written. Each directory below {@code src/test/resources/messages} holds messages as that version wrote them, one a
 * line: name, serializer, manifest, bytes. A name is the class and the number of the sample of that class.
 *
 * <p>A new kind of message, or a new sample, needs a line: {@code -Dskein.golden.write=0.1} writes those that are
 * missing in all directories into that of 0.1. Lines that are there are never written anew. A sample that has a line
 * stays as it is; when its class gets a field, the sample has the field's default, and a further sample has another
 * value.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MessagesContract {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "messages");
    private static final Config NODE = ConfigFactory.parseResources("skein-pekko.conf");
    private static final Config SYSTEM = ConfigFactory.parseString("""
            pekko {
              actor.provider = cluster # a reference to another system keeps its path
              remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
              cluster.jmx.enabled = off
              coordinated-shutdown.exit-jvm = off
            }""")
            .withFallback(NODE.withOnlyPath("pekko.actor.serializers"))
            .withFallback(NODE.withOnlyPath("pekko.actor.serialization-bindings"))
            .withFallback(NODE.withOnlyPath("pekko.serialization"))
            .withFallback(ConfigFactory.load())
            .resolve();

    private final ActorTestKit kit = ActorTestKit.create("messages", SYSTEM);
    private final Serialization serialization = SerializationExtension.get(kit.system());
    private final String file;

    /** Golden lines stand in {@code file}. */
    protected MessagesContract(String file) {
        this.file = file;
    }

    @AfterAll
    void shutDown() {
        kit.shutdownTestKit();
    }

    /** One message of each kind at the least, the same in each run, in an order that only grows at its end. */
    protected abstract Stream<Object> samples();

    /** Sealed types; of each class that they permit there must be a sample. */
    protected abstract Stream<Class<?>> types();

    /** An actor of another node; nobody hears what it is told. */
    protected final <T> ActorRef<T> someone() {
        return ActorRefResolver.get(kit.system()).resolveActorRef("pekko://skein@192.0.2.1:25520/user/someone#7");
    }

    /** One line of a golden file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Line(String name, int serializer, String manifest, byte[] bytes) {
        static Line of(String text) {
            String[] words = text.split(" ", -1);
            return new Line(
                    words[0],
                    Integer.parseInt(words[1]),
                    words[2],
                    HexFormat.of().parseHex(words[3]));
        }

        @Override
        public String toString() {
            return name + " " + serializer + " " + manifest + " "
                    + HexFormat.of().formatHex(bytes);
        }
    }

    private Line written(String name, Object message) {
        Serializer serializer = serialization.findSerializerFor(message);
        String manifest = Serializers.manifestFor(serializer, message);
        return new Line(
                name,
                serializer.identifier(),
                manifest,
                serialization.serialize(message).get());
    }

    private Object read(Line line) {
        return serialization
                .deserialize(line.bytes(), line.serializer(), line.manifest())
                .get();
    }

    private void requireSame(Object read, Object expected) {
        assertThat(read).hasSameClassAs(expected);
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(Origin::equals, Origin.class)
                .withEqualsForType(Object::equals, someone().getClass())
                .isEqualTo(expected);
    }

    private Map<String, Object> named() {
        Map<String, Object> named = new LinkedHashMap<>();
        Map<Class<?>, Integer> numbers = new HashMap<>();
        samples().forEach(sample -> {
            Class<?> kind = sample.getClass();
            String name =
                    kind.getName().substring(kind.getPackageName().length() + 1).replace('$', '.');
            named.put(name + "/" + numbers.merge(kind, 1, Integer::sum), sample);
        });
        return named;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyMessageSurvivesTheWire(Object message) {
        requireSame(read(written("", message)), message);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void fieldsOfALaterVersionArePassedOver(Object message) throws IOException {
        Line line = written("", message);
        if (serialization.findSerializerFor(message) instanceof JacksonSerializer) {
            ObjectMapper mapper = mapper("jackson-cbor");
            ObjectNode tree = (ObjectNode) mapper.readTree(line.bytes());
            tree.put("ofALaterVersion", 7).putObject("andAnother").put("a", "b");
            requireSame(
                    read(new Line("", line.serializer(), line.manifest(), mapper.writeValueAsBytes(tree))), message);
        }
    }

    @Test
    void noKindOfMessageIsForgottenHere() {
        Set<Class<?>> tested = samples().map(Object::getClass).collect(Collectors.toSet());
        assertThat(types().flatMap(MessagesContract::kinds)).allMatch(tested::contains);
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        return permitted == null ? Stream.of(type) : Arrays.stream(permitted).flatMap(MessagesContract::kinds);
    }

    @TestFactory
    Stream<DynamicTest> whatEarlierVersionsWroteIsRead() throws IOException {
        Map<String, Object> expected = named();
        List<DynamicTest> tests = new ArrayList<>();
        for (Path version : versions()) {
            for (Line line : lines(version)) {
                tests.add(DynamicTest.dynamicTest(version.getFileName() + " " + line.name(), () -> {
                    assertThat(expected).containsKey(line.name());
                    requireSame(read(line), Objects.requireNonNull(expected.get(line.name())));
                }));
            }
        }
        return tests.stream();
    }

    @Test
    void everySampleHasALineOfSomeVersion() throws IOException {
        Map<String, Object> missing = named();
        for (Path version : versions()) {
            lines(version).forEach(line -> missing.remove(line.name()));
        }
        String version = System.getProperty("skein.golden.write", "");
        if (!version.isEmpty()) {
            Path into = Files.createDirectories(GOLDEN.resolve(version));
            List<Line> all = new ArrayList<>(lines(into));
            missing.forEach((name, sample) -> all.add(written(name, sample)));
            Files.write(into.resolve(file), all.stream().map(Line::toString).toList());
        } else {
            assertThat(missing.keySet())
                    .as("-Dskein.golden.write=VERSION writes them")
                    .isEmpty();
        }
    }

    private static List<Path> versions() throws IOException {
        if (!Files.isDirectory(GOLDEN)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(GOLDEN)) {
            return directories.sorted().toList();
        }
    }

    private List<Line> lines(Path version) {
        Path lines = version.resolve(file);
        try {
            return Files.exists(lines)
                    ? Files.readAllLines(lines, StandardCharsets.US_ASCII).stream()
                            .map(Line::of)
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads bytes as a message of {@code type}, as if a node had sent them. */
    protected final <T> T read(Class<T> type, Map<String, ?> fields) throws IOException {
        byte[] bytes = mapper("jackson-cbor").writeValueAsBytes(fields);
        int serializer = serialization.serializerFor(type).identifier();
        return type.cast(read(new Line("", serializer, type.getName(), bytes)));
    }

    /** The mapper of a binding, as the node sets it up. */
    protected final ObjectMapper mapper(String binding) {
        return JacksonObjectMapperProvider.get(kit.system()).getOrCreate(binding, Optional.empty());
    }
}
