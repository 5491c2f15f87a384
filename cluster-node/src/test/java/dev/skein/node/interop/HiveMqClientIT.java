package dev.skein.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientAutoReconnect;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient.Mqtt3Publishes;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HiveMQ's MQTT client, MQTT 3.1.1, over TCP and WebSocket. */
@ExtendWith(BrokerExtension.class)
class HiveMqClientIT {
    private static final long DEADLINE_SECONDS = 20;

    private final BrokerUnderTest broker;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);
    private final String topic = "hivemq/" + unique + "/t";

    HiveMqClientIT(BrokerUnderTest broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @EnumSource(MqttQos.class)
    void messageArrives(MqttQos qos) throws Exception {
        Mqtt3BlockingClient subscriber = builder("s").buildBlocking();
        Mqtt3BlockingClient publisher = builder("p").buildBlocking();
        try (Mqtt3Publishes received = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
            connect(subscriber, true);
            connect(publisher, true);
            subscribe(subscriber, qos);
            publish(publisher, "hello", qos, false);

            assertThat(next(received)).isEqualTo("hello " + qos);
        } finally {
            publisher.disconnect();
            subscriber.disconnect();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", ""})
    void messageArrivesOverWebSocket(String path) throws Exception {
        Mqtt3BlockingClient client = builder("ws")
                .serverPort(broker.wsPort())
                .webSocketConfig()
                .serverPath(path)
                .applyWebSocketConfig()
                .buildBlocking();
        try (Mqtt3Publishes received = client.publishes(MqttGlobalPublishFilter.ALL)) {
            connect(client, true);
            subscribe(client, MqttQos.EXACTLY_ONCE);
            publish(client, "hello", MqttQos.EXACTLY_ONCE, false);

            assertThat(next(received)).isEqualTo("hello EXACTLY_ONCE");
        } finally {
            client.disconnect();
        }
    }

    @Test
    void retainedMessageArrivesOnSubscribe() throws Exception {
        Mqtt3BlockingClient client = builder("r").buildBlocking();
        try (Mqtt3Publishes received = client.publishes(MqttGlobalPublishFilter.ALL)) {
            connect(client, true);
            publish(client, "kept", MqttQos.AT_LEAST_ONCE, true);
            subscribe(client, MqttQos.AT_LEAST_ONCE);

            assertThat(next(received)).isEqualTo("kept AT_LEAST_ONCE retained");
        } finally {
            client.disconnect();
        }
    }

    @Test
    void willIsPublishedWhenTheConnectionBreaks() throws Exception {
        Mqtt3BlockingClient watcher = builder("w").buildBlocking();
        Mqtt3BlockingClient dying = builder("d").buildBlocking();
        try (Mqtt3Publishes received = watcher.publishes(MqttGlobalPublishFilter.ALL)) {
            connect(watcher, true);
            subscribe(watcher, MqttQos.AT_LEAST_ONCE);
            dying.connectWith()
                    .willPublish()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(bytes("gone"))
                    .applyWillPublish()
                    .send();
            Thief.steal(broker, unique + "d");

            assertThat(next(received)).isEqualTo("gone AT_LEAST_ONCE");
        } finally {
            watcher.disconnect();
        }
    }

    @Test
    void offlineMessagesArriveInOrder() throws Exception {
        Mqtt3BlockingClient subscriber = builder("s").buildBlocking();
        Mqtt3BlockingClient publisher = builder("p").buildBlocking();
        connect(subscriber, false);
        subscribe(subscriber, MqttQos.EXACTLY_ONCE);
        subscriber.disconnect();
        connect(publisher, true);
        for (int i = 1; i <= 50; i++) {
            publish(publisher, "m" + i, MqttQos.EXACTLY_ONCE, false);
        }
        publisher.disconnect();
        try (Mqtt3Publishes received = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
            connect(subscriber, false);
            for (int i = 1; i <= 50; i++) {
                assertThat(next(received)).isEqualTo("m" + i + " EXACTLY_ONCE");
            }
        } finally {
            subscriber.disconnect();
        }
    }

    @Test
    void brokenConnectionIsRestoredWithItsSession() throws Exception {
        CountDownLatch connections = new CountDownLatch(2);
        Mqtt3BlockingClient subscriber = builder("r")
                .automaticReconnect(MqttClientAutoReconnect.builder()
                        .initialDelay(100, TimeUnit.MILLISECONDS)
                        .build())
                .addConnectedListener(context -> connections.countDown())
                .buildBlocking();
        Mqtt3BlockingClient publisher = builder("p").buildBlocking();
        try (Mqtt3Publishes received = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
            connect(subscriber, false);
            subscribe(subscriber, MqttQos.AT_LEAST_ONCE);
            connect(publisher, true);
            Thief.steal(broker, unique + "r");
            publish(publisher, "meanwhile", MqttQos.AT_LEAST_ONCE, false);

            assertThat(connections.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(next(received)).isEqualTo("meanwhile AT_LEAST_ONCE");
        } finally {
            publisher.disconnect();
            subscriber.disconnect();
        }
    }

    private Mqtt3ClientBuilder builder(String name) {
        return MqttClient.builder()
                .useMqttVersion3()
                .serverHost(broker.host())
                .serverPort(broker.mqttPort())
                .identifier(unique + name);
    }

    private static void connect(Mqtt3BlockingClient client, boolean clean) {
        client.connectWith().cleanSession(clean).send();
    }

    private void subscribe(Mqtt3BlockingClient client, MqttQos qos) {
        client.subscribeWith().topicFilter(topic).qos(qos).send();
    }

    private void publish(Mqtt3BlockingClient client, String text, MqttQos qos, boolean retain) {
        client.publishWith()
                .topic(topic)
                .payload(bytes(text))
                .qos(qos)
                .retain(retain)
                .send();
    }

    private static String next(Mqtt3Publishes received) throws InterruptedException {
        return received.receive(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .map(HiveMqClientIT::show)
                .orElse("nothing in time");
    }

    private static String show(Mqtt3Publish publish) {
        String text = new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
        return text + " " + publish.getQos() + (publish.isRetain() ? " retained" : "");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
