package dev.skein.node.rule.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.connectors.api.SourceRecord;
import dev.skein.protocol.message.Properties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the properties of a message of a back end mean. */
class InboundMessageTest {
    private static InboundMessage message(Map<String, String> properties) {
        return InboundMessage.of(new SourceRecord("id", "t", "", "", properties, new byte[3]), "telemetry", 1000);
    }

    @ParameterizedTest
    @CsvSource({"a/b, telemetry/a/b", "/a/b, telemetry/a/b", "'', telemetry", "/, telemetry/", "//a, telemetry//a"})
    void theSecondTopicMayHaveASlashInFront(String second, String topic) {
        assertThat(message(Map.of("mqttSecondTopic", second)).topic()).isEqualTo(topic);
    }

    @Test
    void withoutPropertiesItGoesToTheParentTopicAtQos1() {
        InboundMessage bare = message(Map.of());
        assertThat(bare.topic()).isEqualTo("telemetry");
        assertThat(bare.qos()).isEqualTo(1);
        assertThat(bare.shown()).isNull();
        assertThat(bare.content().properties()).isNull();
    }

    @Test
    void propertiesOfMqtt5ArePassedOn() {
        InboundMessage made = message(Map.of(
                "mqttRealTopic", "real",
                "mqtt5UserProperty", "[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"a\",\"value\":\"2\"}]",
                "mqtt5MsgExpireInterval", "60",
                "mqtt5ContentType", "UTF-8"));
        assertThat(made.shown()).isEqualTo("telemetry/real");
        Properties properties = Objects.requireNonNull(made.content().properties());
        assertThat(properties.contentType()).isEqualTo("UTF-8");
        assertThat(properties.expiresAt()).isEqualTo(61_000);
        List<String> users = new ArrayList<>();
        properties.forEachUser((name, value) -> users.add(name + "=" + value));
        assertThat(users).containsExactly("a=1", "a=2");
    }

    @ParameterizedTest
    @CsvSource({
        "qoslevel, 3",
        "qoslevel, one",
        "mqtt5MsgExpireInterval, 65536",
        "mqtt5MsgExpireInterval, -1",
        "mqtt5MsgExpireInterval, soon",
        "mqtt5UserProperty, no JSON",
        "mqtt5UserProperty, {}",
    })
    void whatIsWrongIsNamed(String property, String value) {
        assertThatThrownBy(() -> message(Map.of(property, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(property);
    }
}
