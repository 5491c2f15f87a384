package dev.skein.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** HiveMQ's client, MQTT 5. */
@ExtendWith(BrokerExtension.class)
class HiveMq5IT {
    private static final long DEADLINE_SECONDS = 20;
    /** What comes later than this would have come at once. */
    private static final long NOTHING_MILLIS = 300;

    private final BrokerUnderTest broker;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);
    private final String topic = "hive5/" + unique + "/t";

    HiveMq5IT(BrokerUnderTest broker) {
        this.broker = broker;
    }

    private Mqtt5BlockingClient client(String name) {
        return Mqtt5Client.builder()
                .identifier(name + unique)
                .serverHost(broker.host())
                .serverPort(broker.mqttPort())
                .buildBlocking();
    }

    private Mqtt5BlockingClient connected(String name) {
        Mqtt5BlockingClient client = client(name);
        client.connect();
        return client;
    }

    private static String text(Mqtt5Publish message) {
        return new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8);
    }

    private static Mqtt5Publish next(Mqtt5BlockingClient.Mqtt5Publishes messages) throws InterruptedException {
        return messages.receive(DEADLINE_SECONDS, TimeUnit.SECONDS).orElseThrow();
    }

    @Test
    void requestAndResponseCarryTheirProperties() throws Exception {
        Mqtt5BlockingClient server = connected("server");
        Mqtt5BlockingClient asker = connected("asker");
        try (Mqtt5BlockingClient.Mqtt5Publishes requests = server.publishes(MqttGlobalPublishFilter.ALL);
                Mqtt5BlockingClient.Mqtt5Publishes responses = asker.publishes(MqttGlobalPublishFilter.ALL)) {
            server.subscribeWith().topicFilter(topic).qos(MqttQos.EXACTLY_ONCE).send();
            asker.subscribeWith().topicFilter(topic + "/answer").send();
            asker.publishWith()
                    .topic(topic)
                    .qos(MqttQos.EXACTLY_ONCE)
                    .payload("question".getBytes(StandardCharsets.UTF_8))
                    .contentType("text/plain")
                    .responseTopic(topic + "/answer")
                    .correlationData(new byte[] {0, -1, 7})
                    .messageExpiryInterval(100)
                    .userProperties()
                    .add("a", "1")
                    .add("a", "2")
                    .add("", "ü")
                    .applyUserProperties()
                    .send();
            Mqtt5Publish request = next(requests);
            assertThat(request.getContentType().orElseThrow()).hasToString("text/plain");
            assertThat(request.getMessageExpiryInterval().orElseThrow()).isBetween(80L, 100L);
            assertThat(request.getUserProperties().asList())
                    .extracting(Mqtt5UserProperty::getName, Mqtt5UserProperty::getValue)
                    .map(Object::toString)
                    .containsExactly("(a, 1)", "(a, 2)", "(, ü)");
            ByteBuffer correlation = request.getCorrelationData().orElseThrow();
            server.publishWith()
                    .topic(request.getResponseTopic().orElseThrow())
                    .correlationData(correlation)
                    .payload("answer".getBytes(StandardCharsets.UTF_8))
                    .send();
            Mqtt5Publish response = next(responses);
            assertThat(text(response)).isEqualTo("answer");
            assertThat(response.getCorrelationData().orElseThrow()).isEqualTo(ByteBuffer.wrap(new byte[] {0, -1, 7}));
        } finally {
            server.disconnect();
            asker.disconnect();
        }
    }

    @Test
    void noLocalAndRetainHandlingHold() throws Exception {
        Mqtt5BlockingClient client = connected("options");
        Mqtt5BlockingClient other = connected("other");
        try (Mqtt5BlockingClient.Mqtt5Publishes messages = client.publishes(MqttGlobalPublishFilter.ALL)) {
            other.publishWith()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .retain(true)
                    .payload(bytes("old"))
                    .send();
            client.subscribeWith()
                    .topicFilter(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .noLocal(true)
                    .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND)
                    .retainAsPublished(true)
                    .send();
            client.publishWith()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(bytes("own"))
                    .send();
            other.publishWith()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .retain(true)
                    .payload(bytes("new"))
                    .send();
            Mqtt5Publish first = next(messages);
            assertThat(text(first)).isEqualTo("new");
            assertThat(first.isRetain()).isTrue();
        } finally {
            client.disconnect();
            other.disconnect();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aliasesAndAWindowOfOneLoseNothing() throws Exception {
        Mqtt5BlockingClient receiver = client("window");
        receiver.connectWith()
                .restrictions()
                .receiveMaximum(1)
                .topicAliasMaximum(4)
                .applyRestrictions()
                .send();
        Mqtt5BlockingClient sender = client("sender");
        sender.connectWith()
                .restrictions()
                .sendTopicAliasMaximum(16)
                .applyRestrictions()
                .send();
        try (Mqtt5BlockingClient.Mqtt5Publishes messages = receiver.publishes(MqttGlobalPublishFilter.ALL)) {
            receiver.subscribeWith()
                    .topicFilter(topic + "/#")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .send();
            Set<String> sent = new HashSet<>();
            for (int i = 0; i < 60; i++) {
                String to = topic + "/" + i % 6;
                sender.publishWith()
                        .topic(to)
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .payload(bytes("" + i))
                        .send();
                sent.add(to + "=" + i);
            }
            Set<String> got = new HashSet<>();
            for (int i = 0; i < 60; i++) {
                Mqtt5Publish each = next(messages);
                got.add(each.getTopic() + "=" + text(each));
            }
            assertThat(got).isEqualTo(sent);
        } finally {
            receiver.disconnect();
            sender.disconnect();
        }
    }

    @Test
    void membersShareAndTheirLeavingLosesNothing() throws Exception {
        Mqtt5BlockingClient one = connected("one");
        Mqtt5BlockingClient two = connected("two");
        Mqtt5BlockingClient sender = connected("sender");
        try (Mqtt5BlockingClient.Mqtt5Publishes ofOne = one.publishes(MqttGlobalPublishFilter.ALL);
                Mqtt5BlockingClient.Mqtt5Publishes ofTwo = two.publishes(MqttGlobalPublishFilter.ALL, true)) {
            String filter = "$share/g" + unique + "/" + topic;
            one.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send();
            two.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send();
            for (int i = 0; i < 20; i++) {
                sender.publishWith()
                        .topic(topic)
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .payload(bytes("" + i))
                        .send();
            }
            Optional<Mqtt5Publish> unacknowledged = ofTwo.receive(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(unacknowledged).isPresent();
            two.disconnect(); // what it did not acknowledge goes to the other
            Set<String> got = new HashSet<>();
            while (got.size() < 20) {
                got.add(text(next(ofOne)));
            }
            assertThat(ofOne.receive(NOTHING_MILLIS, TimeUnit.MILLISECONDS)).isEmpty();
        } finally {
            one.disconnect();
            sender.disconnect();
        }
    }

    @Test
    void refusalsSayWhy() {
        Mqtt5BlockingClient client = client("codes");
        Mqtt5ConnAck accepted = client.connect();
        assertThat(accepted.getRestrictions().isSharedSubscriptionAvailable()).isTrue();
        Mqtt5PublishResult nobody = client.publishWith()
                .topic(topic + "/nobody")
                .qos(MqttQos.AT_LEAST_ONCE)
                .send();
        assertThat(((Mqtt5PublishResult.Mqtt5Qos1Result) nobody).getPubAck().getReasonCode())
                .isEqualTo(Mqtt5PubAckReasonCode.NO_MATCHING_SUBSCRIBERS);
        client.disconnect();
    }
}
