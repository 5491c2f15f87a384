package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is shipped as an example must work as it stands. */
class ExampleConfigurationTest {
    private static final Path EXAMPLE = Path.of("..", "config", "skein-example.conf");

    @Test
    void exampleIsAccepted() throws InvalidConfigException {
        Config config = ConfigLoader.load(
                new ConfigLoader.Sources(EXAMPLE, null, List.of(), Map.of()), ConfigOptions.sections());

        assertThat(config.getString("skein.instances.default.mode")).isEqualTo("open");
        assertThat(config.getString("skein.instances.fleet.mode")).isEqualTo("apsara");
    }

    @Test
    void passwordOfTheExampleIsTheOneItTells() throws InvalidConfigException {
        Config fleet = ConfigLoader.load(
                        new ConfigLoader.Sources(EXAMPLE, null, List.of(), Map.of()), ConfigOptions.sections())
                .getConfig("skein.instances.fleet");
        String hash = fleet.getConfigList("users").getFirst().getString("password-hash");

        assertThat(BCrypt.verifyer().verify("console".toCharArray(), hash).verified)
                .isTrue();
    }
}
