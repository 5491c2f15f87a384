package dev.skein.node.rule.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.TopicName;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The property names are those of ApsaraMQ for MQTT, as printed. */
class MessageRecordsTest {
    private static final long NOW = 1_000_000;

    private static SinkRecord record(String topic, int qos, Content content) {
        Message message = new Message(
                "fleet",
                TopicName.of(topic),
                content,
                qos,
                false,
                Origin.client(Origin.MQTT, "GID_a@@@1"),
                MessageId.parse("0000019AA1B2C3D400000000000000FF"));
        return MessageRecords.of(message, "t_out", true, NOW);
    }

    @Test
    void propertiesOfMqtt5AreThoseOfTheMessage() {
        Properties properties = new Properties.Builder()
                .contentType("UTF-8")
                .user("mQ", "test\"001")
                .user("mQ", "again")
                .expiresAt(NOW + 90_500)
                .build();
        SinkRecord record = record("telemetry/p2p/GID_a@@@2", 2, new Content("x".getBytes(UTF_8), properties));
        assertThat(record.properties())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "qoslevel", "2",
                        "cleansessionflag", "true",
                        "mqttSecondTopic", "/p2p/GID_a@@@2",
                        "clientId", "GID_a@@@1",
                        "topic", "telemetry/p2p/GID_a@@@2",
                        "mqtt5UserProperty",
                                "[{\"key\":\"mQ\",\"value\":\"test\\\"001\"},{\"key\":\"mQ\",\"value\":\"again\"}]",
                        "mqtt5MsgExpireInterval", "91",
                        "mqtt5ContentType", "UTF-8"));
        assertThat(record.key()).isEqualTo("0000019AA1B2C3D400000000000000FF");
        assertThat(record.orderKey()).isEqualTo("GID_a@@@1");
    }

    @Test
    void aTopicOfOneLevelHasNoSecondOne() {
        assertThat(record("telemetry", 0, Content.of(new byte[0])).properties())
                .doesNotContainKey("mqttSecondTopic")
                .containsEntry("qoslevel", "0");
    }

    @Test
    void anExpiryIsWithinItsRange() {
        Content late = Content.of(new byte[0]).expiringAt(NOW + 100_000_000_000L);
        assertThat(record("a", 1, late).properties()).containsEntry("mqtt5MsgExpireInterval", "65535");
        Content over = Content.of(new byte[0]).expiringAt(NOW - 5000);
        assertThat(record("a", 1, over).properties()).containsEntry("mqtt5MsgExpireInterval", "0");
    }
}
