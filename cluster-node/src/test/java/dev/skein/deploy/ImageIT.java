package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image puts its jars together by a shell. */
class ImageIT {
    @Test
    void classPathHasTheJarsOnlyAndNotTheWorkingDirectory(@TempDir Path home) throws Exception {
        for (String file : List.of("target/lib/b.jar", "target/lib/a.jar", "target/skein-cluster-node-1.jar")) {
            Path jar = home.resolve("cluster-node").resolve(file);
            Files.createDirectories(jar.getParent());
            Files.createFile(jar);
        }
        Files.createFile(Files.createDirectory(home.resolve("k8s")).resolve("skein"));
        Path image = home.resolve("image");

        Process shell = new ProcessBuilder("sh", "-c", Image.assembly(image))
                .directory(home.toFile())
                .inheritIO()
                .start();

        assertThat(shell.waitFor()).isZero();
        // An empty entry, as behind a last colon, is the working directory: what lies in the data directory would be
        // code.
        assertThat(Files.readAllLines(image.resolve("classpath")))
                .containsExactly(
                        "-cp",
                        Stream.of("a", "b", "skein-cluster-node-1")
                                .map(name -> image.resolve("lib").resolve(name + ".jar"))
                                .map(Path::toString)
                                .collect(Collectors.joining(":")));
        assertThat(image.resolve("skein")).exists();
    }
}
