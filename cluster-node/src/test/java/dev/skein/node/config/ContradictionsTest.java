package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContradictionsTest {
    private static Config with(String settings) {
        return ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein.instance-defaults.limits.body-bytes = 2MiB",
                "skein.instances.fleet.limits.body-bytes = 2MiB",
                "skein.mqtt.max-packet-size = 1KiB, skein.instances.\"a.b\".limits.body-bytes = 2KiB"
            })
    void bodyThatIsAdmittedAndFitsIntoNoPacketDoesNotStart(String settings) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeConfig.from(with(settings)))
                .withMessageContaining("limits.body-bytes")
                .withMessageContaining("skein.mqtt.max-packet-size");
    }

    @Test
    void listenerOfAnInstanceThatIsNotThereDoesNotStart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeConfig.from(
                        with("skein.listeners.ws.instance = nope, skein.instances.fleet.mode = apsara")))
                .withMessage("skein.listeners.ws.instance: nope (expected: one of skein.instances: default, fleet)");
    }

    @Test
    void listenerThatLeadsToAnInstanceThatIsNotThereDoesNotStart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeConfig.from(with("skein.listeners.ws.instances = [default, nope]")))
                .withMessage("skein.listeners.ws.instances[1]: nope (expected: *, or one of skein.instances: default)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "skein.listeners.mqtt.instances = []",
                "skein.listeners.mqtt.instances = [fleet], skein.instances.fleet.mode = apsara",
                "skein.listeners.mqtt.instance = fleet, skein.instances.fleet.mode = apsara",
                "skein.mqtt.max-packet-size = 16MiB",
                "skein.mqtt.queue.max-bytes = 1KiB",
                "skein.mqtt.max-packet-size = 1KiB, skein.instances.fleet.mode = apsara",
                "skein.mqtt.max-packet-size = 2MiB, skein.instances.fleet.limits.body-bytes = 2MiB"
            })
    void othersDo(String settings) {
        assertThatCode(() -> Contradictions.refuse(with(settings).getConfig("skein")))
                .doesNotThrowAnyException();
    }

    @Test
    void zeroStandsForThePacketSize() {
        assertThatCode(() -> Contradictions.refuse(
                        with("skein.instances.fleet.limits.body-bytes = 0").getConfig("skein")))
                .doesNotThrowAnyException();
    }
}
