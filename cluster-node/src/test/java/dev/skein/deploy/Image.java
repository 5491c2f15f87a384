package dev.skein.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** What {@code k8s/Dockerfile} says. */
final class Image {
    private static final String TEXT =
            Manifests.text(Manifests.HOME.resolve("Dockerfile")).replace("\\\n", " ");

    private Image() {}

    /** Arguments of an instruction that stands once, or the last one that stands. */
    static String last(String instruction) {
        return TEXT.lines()
                .filter(line -> line.startsWith(instruction + " "))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalStateException(instruction + ": none (expected: one)"))
                .substring(instruction.length() + 1)
                .strip();
    }

    /** The words of an instruction in exec form. */
    static List<String> words(String instruction) {
        return list(last(instruction));
    }

    /** The words of the rehearsal that makes the start-up cache. */
    static List<String> rehearsal() {
        return list(TEXT.lines()
                .filter(line -> line.startsWith("RUN ["))
                .findFirst()
                .orElseThrow()
                .substring("RUN ".length()));
    }

    /** The shell command that puts the jars together, with another directory for {@code /opt/skein}. */
    static String assembly(Path directory) {
        return TEXT.lines()
                .filter(line -> line.startsWith("RUN ") && line.contains("> /opt/skein/classpath"))
                .findFirst()
                .orElseThrow()
                .substring("RUN ".length())
                .replace("/opt/skein", directory.toString());
    }

    private static List<String> list(String json) {
        try {
            return new ObjectMapper().readValue(json, new TypeReference<List<String>>() {});
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
