package dev.skein.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eclipse Paho for Java, MQTT 3.1 and 3.1.1. */
@ExtendWith(BrokerExtension.class)
class PahoIT {
    private static final long DEADLINE_SECONDS = 20;

    private final BrokerUnderTest broker;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);
    private final String topic = "paho/" + unique + "/t";

    PahoIT(BrokerUnderTest broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void messageArrives(int qos) throws Exception {
        try (Peer subscriber = connect("s", options(true));
                Peer publisher = connect("p", options(true))) {
            subscriber.client.subscribe(topic, qos);
            publisher.publish(topic, "hello", qos, false);

            assertThat(subscriber.next()).isEqualTo("hello qos " + qos);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {MqttConnectOptions.MQTT_VERSION_3_1, MqttConnectOptions.MQTT_VERSION_3_1_1})
    void bothVersionsConnect(int version) throws Exception {
        MqttConnectOptions options = options(true);
        options.setMqttVersion(version);
        try (Peer peer = connect("v", options)) {
            peer.client.subscribe(topic, 1);
            peer.publish(topic, "mine", 1, false);

            assertThat(peer.next()).isEqualTo("mine qos 1");
        }
    }

    @Test
    void retainedMessageArrivesOnSubscribe() throws Exception {
        try (Peer publisher = connect("p", options(true));
                Peer subscriber = connect("s", options(true))) {
            publisher.publish(topic, "kept", 1, true);
            subscriber.client.subscribe(topic, 1);

            assertThat(subscriber.next()).isEqualTo("kept qos 1 retained");
        }
    }

    @Test
    void willIsPublishedWhenTheConnectionBreaks() throws Exception {
        MqttConnectOptions options = options(true);
        options.setWill(topic, "gone".getBytes(StandardCharsets.UTF_8), 1, false);
        try (Peer watcher = connect("w", options(true))) {
            watcher.client.subscribe(topic, 1);
            try (Peer dying = connect("d", options)) {
                dying.client.disconnectForcibly(0, 0, false);
            }

            assertThat(watcher.next()).isEqualTo("gone qos 1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void offlineMessagesArriveInOrder(int qos) throws Exception {
        try (Peer subscriber = connect("s", options(false))) {
            subscriber.client.subscribe(topic, qos);
        }
        try (Peer publisher = connect("p", options(true))) {
            for (int i = 1; i <= 50; i++) {
                publisher.publish(topic, "m" + i, qos, false);
            }
        }
        try (Peer subscriber = connect("s", options(false))) {
            for (int i = 1; i <= 50; i++) {
                assertThat(subscriber.next()).isEqualTo("m" + i + " qos " + qos);
            }
        }
    }

    @Test
    void brokenConnectionIsRestoredWithItsSession() throws Exception {
        MqttConnectOptions options = options(false);
        options.setAutomaticReconnect(true);
        try (Peer subscriber = connect("r", options);
                Peer publisher = connect("p", options(true))) {
            subscriber.client.subscribe(topic, 1);
            Thief.steal(broker, unique + "r");
            publisher.publish(topic, "meanwhile", 1, false);

            assertThat(subscriber.reconnected.await(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(subscriber.next()).isEqualTo("meanwhile qos 1");
        }
    }

    private static MqttConnectOptions options(boolean clean) {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(clean);
        return options;
    }

    private Peer connect(String name, MqttConnectOptions options) throws MqttException {
        Peer peer = new Peer("tcp://" + broker.host() + ":" + broker.mqttPort(), unique + name);
        peer.client.setCallback(peer);
        peer.client.setTimeToWait(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        peer.client.connect(options);
        return peer;
    }

    /** One client and what it received. */
    private static final class Peer implements MqttCallbackExtended, AutoCloseable {
        private final MqttClient client;
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final CountDownLatch reconnected = new CountDownLatch(1);

        Peer(String url, String clientId) throws MqttException {
            client = new MqttClient(url, clientId, new MemoryPersistence());
        }

        void publish(String topic, String text, int qos, boolean retained) throws MqttException {
            client.publish(topic, text.getBytes(StandardCharsets.UTF_8), qos, retained);
        }

        @Nullable
        String next() throws InterruptedException {
            return received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public void connectComplete(boolean again, String url) {
            if (again) {
                reconnected.countDown();
            }
        }

        @Override
        public void connectionLost(Throwable cause) {
            // The client comes back by itself where the test asks for it.
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            received.add(new String(message.getPayload(), StandardCharsets.UTF_8) + " qos " + message.getQos()
                    + (message.isRetained() ? " retained" : ""));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // Publishing waits for it.
        }

        @Override
        public void close() throws MqttException {
            if (client.isConnected()) {
                client.disconnect();
            }
            client.close(true);
        }
    }
}
