package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import dev.skein.node.control.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of clients that speak MQTT 5, and what they see of his messages. */
class Mqtt5OperatorIT {
    private static final String ANONYMOUS = "skein.instances.default.anonymous = always";
    private static final String DEFAULT = "/instances/default";
    private static final long DEADLINE_SECONDS = 20;

    @TempDir
    Path directory;

    private static Mqtt5BlockingClient client(ModelNode node, String clientId) {
        return MqttClient.builder()
                .useMqttVersion5()
                .identifier(clientId)
                .serverAddress(node.address())
                .buildBlocking();
    }

    private static void connect(Mqtt5BlockingClient client, long expirySeconds) {
        client.connectWith()
                .sessionExpiryInterval(expirySeconds)
                .restrictions()
                .receiveMaximum(20)
                .maximumPacketSize(100_000)
                .applyRestrictions()
                .send();
    }

    @Test
    void limitsOptionsAndIdentifiersAreShown() {
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS);
                Device old = node.stranger("old").connect()) {
            Mqtt5BlockingClient live = client(node, "live");
            Mqtt5BlockingClient kept = client(node, "kept");
            connect(live, 0);
            connect(kept, 3600);
            for (Mqtt5BlockingClient each : new Mqtt5BlockingClient[] {live, kept}) {
                each.subscribeWith()
                        .topicFilter("plain")
                        .qos(MqttQos.AT_MOST_ONCE)
                        .send();
                each.subscribeWith()
                        .topicFilter("a/+")
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .noLocal(true)
                        .retainAsPublished(true)
                        .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND)
                        .send();
                each.subscribeWith()
                        .topicFilter("$share/g/b")
                        .qos(MqttQos.EXACTLY_ONCE)
                        .send();
            }

            JsonNode shown = node.api("GET", DEFAULT + "/clients/live", "").json();
            assertThat(shown.path("protocol").asText()).isEqualTo("5");
            assertThat(shown.path("limits").path("sessionExpirySeconds").asLong(-1))
                    .isZero();
            assertThat(shown.path("limits").path("receiveMaximum").asInt()).isEqualTo(20);
            assertThat(shown.path("limits").path("maximumPacketSize").asInt()).isEqualTo(100_000);
            assertSubscriptions(shown);
            JsonNode listed = node.api("GET", DEFAULT + "/clients", "").json().path("clients");
            assertThat(listed.findValuesAsText("protocol")).containsExactly("5", "5", "3.1.1");
            assertThat(listed.path(0)
                            .path("limits")
                            .path("sessionExpirySeconds")
                            .asLong())
                    .isEqualTo(3600);
            assertThat(listed.path(2).path("limits").path("receiveMaximum").isNull())
                    .isTrue();
            for (String clientId : new String[] {"live", "kept"}) {
                String path = DEFAULT + "/clients/" + clientId + "/subscriptions";
                assertSubscriptions(node.api("GET", path, "").json());
            }

            kept.disconnect();
            live.disconnect();
            JsonNode away = node.api("GET", DEFAULT + "/clients/kept", "").json();
            assertSubscriptions(away);
            assertThat(old).isNotNull();
        }
    }

    private static void assertSubscriptions(JsonNode shown) {
        JsonNode all = shown.path("subscriptions");
        assertThat(all.findValuesAsText("filter")).containsExactlyInAnyOrder("$share/g/b", "a/+", "plain");
        for (JsonNode each : all) {
            boolean optioned = each.path("filter").asText().equals("a/+");
            assertThat(each.path("noLocal").asBoolean()).isEqualTo(optioned);
            assertThat(each.path("retainAsPublished").asBoolean()).isEqualTo(optioned);
            assertThat(each.path("retainHandling").asInt()).isEqualTo(optioned ? 2 : 0);
        }
    }

    @Test
    void messageOfTheControlApiArrivesWithItsProperties() throws Exception {
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS)) {
            Mqtt5BlockingClient client = client(node, "c");
            try (Mqtt5Publishes received = client.publishes(MqttGlobalPublishFilter.ALL)) {
                connect(client, 0);
                client.subscribeWith()
                        .topicFilter("a")
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .send();
                String body = """
                        {"topic": "a", "qos": 1, "payload": "hü", "payloadFormat": "text", "contentType": "text/plain",
                         "responseTopic": "r", "correlationDataBase64": "AP8=", "messageExpirySeconds": 60,
                         "userProperties": [{"name": "b", "value": "1"}, {"name": "a", "value": ""},
                                            {"name": "b", "value": "1"}]}""";
                assertThat(node.api("POST", DEFAULT + "/messages", body).status())
                        .isEqualTo(200);

                Mqtt5Publish message =
                        received.receive(DEADLINE_SECONDS, TimeUnit.SECONDS).orElseThrow();
                assertThat(new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("hü");
                assertThat(message.getContentType().orElseThrow()).hasToString("text/plain");
                assertThat(message.getResponseTopic().orElseThrow()).hasToString("r");
                assertThat(message.getMessageExpiryInterval().orElseThrow()).isBetween(1L, 60L);
                assertThat(message.getCorrelationData().orElseThrow().get(1)).isEqualTo((byte) -1);
                assertThat(message.getUserProperties().asList().stream()
                                .map(each -> each.getName() + "=" + each.getValue()))
                        .containsExactly("b=1", "a=", "b=1");
            } finally {
                client.disconnect();
            }
        }
    }

    @Test
    void messagesOfTheControlApiHaveTheLimitsOfTheirInstance() throws Exception {
        String limits = "skein.instances.default.limits { property-bytes = 40, message-expiry-max = 10s }";
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS + "\n" + limits)) {
            Mqtt5BlockingClient client = client(node, "c");
            try (Mqtt5Publishes received = client.publishes(MqttGlobalPublishFilter.ALL)) {
                connect(client, 0);
                client.subscribeWith()
                        .topicFilter("a")
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .send();
                String tooMuch = """
                        {"topic": "a", "payload": "x", "userProperties": [{"name": "b", "value": "%s"}]}""".formatted("x".repeat(50));
                ModelNode.Reply refused = node.api("POST", DEFAULT + "/messages", tooMuch);
                assertThat(refused.json().toString()).contains("properties: 56 bytes (expected: at most 40)");
                assertThat(refused.json().toString()).contains(ErrorCode.PUBLISH_REFUSED.text());

                String lasting = """
                        {"topic": "a", "qos": 1, "payload": "y", "messageExpirySeconds": 60}""";
                assertThat(node.api("POST", DEFAULT + "/messages", lasting).status())
                        .isEqualTo(200);
                Mqtt5Publish message =
                        received.receive(DEADLINE_SECONDS, TimeUnit.SECONDS).orElseThrow();
                assertThat(message.getPayloadAsBytes()).containsExactly('y');
                assertThat(message.getMessageExpiryInterval().orElseThrow()).isBetween(1L, 10L);
            } finally {
                client.disconnect();
            }
        }
    }

    @Test // [MQTT-3.1.2-28]
    void aClientThatAsksIsToldHowTopicsOfResponsesBegin() {
        String told = "skein.instances.default.mqtt5.response-information = answers/";
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS + "\n" + told)) {
            for (boolean asks : new boolean[] {true, false}) {
                Mqtt5BlockingClient client = client(node, "c");
                Mqtt5ConnAck answer = client.connectWith()
                        .restrictions()
                        .requestResponseInformation(asks)
                        .applyRestrictions()
                        .send();
                assertThat(answer.getResponseInformation().map(Object::toString))
                        .isEqualTo(asks ? Optional.of("answers/") : Optional.empty());
                client.disconnect();
            }
        }
    }

    @Test
    void aNodeThatStopsTellsItsClientsOfAnotherServer() throws Exception {
        String told = "skein.edge.server-reference = \"other.example:1883\"";
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS + "\n" + told)) {
            MqttClient.builder()
                    .useMqttVersion5()
                    .identifier("c")
                    .serverAddress(node.address())
                    .addDisconnectedListener(context -> ended.complete(context.getCause()))
                    .buildBlocking()
                    .connect();
        }
        assertThat(ended.get(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(Mqtt5DisconnectException.class, cause -> {
                    assertThat(cause.getMqttMessage().getReasonCode())
                            .isEqualTo(Mqtt5DisconnectReasonCode.USE_ANOTHER_SERVER);
                    assertThat(cause.getMqttMessage().getServerReference().map(Object::toString))
                            .contains("other.example:1883");
                });
    }
}
