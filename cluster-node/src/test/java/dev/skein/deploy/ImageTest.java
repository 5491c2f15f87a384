package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image starts a node as the launcher does. */
class ImageTest {
    private static final String LAUNCHER = Manifests.text(Path.of("bin", "skein"));

    @Test
    void nodeIsStartedWithTheOptionsOfTheLauncher() {
        List<String> entry = Image.words("ENTRYPOINT");

        assertThat(entry).startsWith("java").endsWith("@/opt/skein/classpath", "dev.skein.node.main.Main");
        assertThat(entry).containsAll(launcher("jvm_fixed=\"")).containsAll(launcher("jvm=\"\\$jvm -Xms"));
        assertThat(entry).contains("-XX:+UseG1GC", "-XX:AOTCache=/opt/skein/skein.aot");
        assertThat(Image.words("CMD").getFirst()).isEqualTo("run");
    }

    @Test
    void startUpCacheIsMadeWithTheOptionsThatItDependsOn() {
        assertThat(Image.rehearsal())
                .containsAll(launcher("jvm_fixed=\""))
                .contains("-XX:AOTCacheOutput=/opt/skein/skein.aot", "@/opt/skein/classpath", "--rehearse");
    }

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

    @Test
    void commandForPeopleTakesTheOptionsOfTheLauncher() {
        String script = Manifests.text(Manifests.HOME.resolve("skein"));
        assertThat(launcher("jvm_fixed=\""))
                .allSatisfy(option -> assertThat(script).contains(option));
        assertThat(launcher("jvm=\"\\$jvm -XX:Tiered"))
                .allSatisfy(option -> assertThat(script).contains(option));
        assertThat(Manifests.HOME.resolve("skein").toFile()).isExecutable();
    }

    @Test
    void portsAreThoseOfTheConfiguration() {
        Config reference = ConfigFactory.defaultReferenceUnresolved();
        assertThat(Image.last("EXPOSE").split(" ", -1))
                .contains("25520")
                .containsAll(Stream.of("listeners.mqtt", "listeners.mqtts", "listeners.ws", "listeners.wss", "http")
                        .map(key -> reference.getString("skein." + key + ".port"))
                        .toList());
    }

    /** The options in the launcher's assignment that begins so. */
    private static List<String> launcher(String beginning) {
        Matcher matcher = Pattern.compile(beginning + "([^\"]*)\"").matcher(LAUNCHER);
        assertThat(matcher.find()).as(beginning).isTrue();
        return Stream.of(matcher.group().replaceAll("^.*?\"|\"$", "").split(" ", -1))
                .filter(word -> word.startsWith("-"))
                .toList();
    }
}
