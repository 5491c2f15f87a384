package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

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
                .containsAll(Stream.of(
                                "listeners.mqtt", "listeners.mqtts", "listeners.ws", "listeners.wss", "http", "health")
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
