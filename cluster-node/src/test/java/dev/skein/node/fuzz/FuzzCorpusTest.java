package dev.skein.node.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import dev.skein.node.control.RequestsFuzz;
import dev.skein.node.edge.CertificateNamesFuzz;
import dev.skein.node.edge.FirstBytesFuzz;
import dev.skein.node.link.LinkFramesFuzz;
import dev.skein.node.tls.CertificatesFuzz;
import dev.skein.node.trust.NodeBytesFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays what fuzzing has found, and changes of it from a seed: {@code -Dskein.seed} replays a failure. The corpus of
 * a target is the directory of its name below {@code src/test/resources/fuzz}; Jazzer adds to it, see CONTRIBUTING.md.
 */
class FuzzCorpusTest {
    private static final Path CORPUS = Path.of("src", "test", "resources", "fuzz");
    private static final long SEED = Long.getLong("skein.seed", 4711);
    private static final int ROUNDS = 3_000;
    private static final int LONGEST = 4096;

    private interface Target {
        void run(byte[] data) throws Exception;
    }

    private static final Map<String, Target> TARGETS = Map.of(
            "FramerFuzz", FramerFuzz::fuzzerTestOneInput,
            "FirstBytesFuzz", FirstBytesFuzz::fuzzerTestOneInput,
            "LinkFramesFuzz", LinkFramesFuzz::fuzzerTestOneInput,
            "NodeBytesFuzz", NodeBytesFuzz::fuzzerTestOneInput,
            "RequestsFuzz", RequestsFuzz::fuzzerTestOneInput,
            "CertificatesFuzz", CertificatesFuzz::fuzzerTestOneInput,
            "CertificateNamesFuzz", CertificateNamesFuzz::fuzzerTestOneInput);

    static Stream<String> targets() {
        return TARGETS.keySet().stream().sorted();
    }

    @Test
    void everyTargetIsReplayed() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith("Fuzz.java"))
                            .map(name -> name.substring(0, name.length() - ".java".length())))
                    .containsExactlyInAnyOrderElementsOf(TARGETS.keySet());
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void corpusAndChangesOfItAreReadOrRefused(String name) throws IOException {
        List<byte[]> corpus = new ArrayList<>();
        corpus.add(new byte[0]);
        for (Path file : files(name)) {
            corpus.add(Files.readAllBytes(file));
            run(name, corpus.getLast(), file.toString());
        }
        assertThat(corpus).as("corpus of %s", name).hasSizeGreaterThan(1);
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] changed = changed(corpus.get(random.nextInt(corpus.size())), random);
            run(name, changed, "seed " + SEED + ", round " + round);
        }
    }

    private static List<Path> files(String name) throws IOException {
        try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
            return files.sorted().toList();
        }
    }

    private static void run(String name, byte[] data, String from) {
        assertDoesNotThrow(
                () -> Objects.requireNonNull(TARGETS.get(name)).run(data),
                () -> from + ": " + HexFormat.of().formatHex(data, 0, Math.min(data.length, 200)));
    }

    private static byte[] changed(byte[] sample, Random random) {
        byte[] bytes = Arrays.copyOf(sample, Math.min(LONGEST, sample.length + random.nextInt(9)));
        if (bytes.length == 0) {
            return bytes;
        }
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(8), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
            }
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }
}
