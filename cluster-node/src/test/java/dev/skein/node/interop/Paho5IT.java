package dev.skein.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eclipse Paho for Java, MQTT 5. */
@ExtendWith(BrokerExtension.class)
class Paho5IT {
    private static final long DEADLINE_SECONDS = 20;

    private final BrokerUnderTest broker;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);
    private final String topic = "paho5/" + unique + "/t";
    private final BlockingQueue<MqttMessage> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();

    Paho5IT(BrokerUnderTest broker) {
        this.broker = broker;
    }

    private MqttClient connect(String name, MqttConnectionOptions options) throws MqttException {
        MqttClient client = new MqttClient(
                "tcp://" + broker.host() + ":" + broker.mqttPort(), name + unique, new MemoryPersistence());
        client.setCallback(new Told());
        client.connect(options);
        return client;
    }

    private static void end(MqttClient client) throws MqttException {
        if (client.isConnected()) {
            client.disconnect();
        }
        client.close();
    }

    private MqttMessage next() throws InterruptedException {
        MqttMessage message = messages.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return message;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void messageArrivesWithItsProperties(int qos) throws Exception {
        MqttClient client = connect("p", new MqttConnectionOptions());
        client.subscribe(new MqttSubscription[] {new MqttSubscription(topic, qos)});
        MqttMessage message =
                new MqttMessage("hello".getBytes(StandardCharsets.UTF_8), qos, false, new MqttProperties());
        message.getProperties().setUserProperties(List.of(new UserProperty("k", "v"), new UserProperty("k", "w")));
        message.getProperties().setContentType("text/plain");
        client.publish(topic, message);
        MqttMessage got = next();
        assertThat(got.getQos()).isEqualTo(qos);
        assertThat(got.getProperties().getContentType()).isEqualTo("text/plain");
        assertThat(got.getProperties().getUserProperties())
                .extracting(UserProperty::getValue)
                .containsExactly("v", "w");
        end(client);
    }

    @Test
    void sessionGoesOnWithinItsExpiry() throws Exception {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(600L);
        MqttClient away = connect("away", options);
        away.subscribe(new MqttSubscription[] {new MqttSubscription(topic, 1)});
        end(away);
        MqttClient sender = connect("sender", new MqttConnectionOptions());
        sender.publish(topic, "kept".getBytes(StandardCharsets.UTF_8), 1, false);
        MqttClient back = connect("away", options);
        assertThat(next()).hasToString("kept");
        end(back);
        end(sender);
    }

    @Test
    void takeoverIsToldByItsReasonCode() throws Exception {
        MqttClient first = connect("same", new MqttConnectionOptions());
        MqttClient second = connect("same", new MqttConnectionOptions());
        assertThat(ends.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(0x8E);
        first.close();
        end(second);
    }

    private final class Told implements MqttCallback {
        @Override
        public void disconnected(MqttDisconnectResponse response) {
            ends.add(response.getReturnCode());
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            throw new AssertionError(exception);
        }

        @Override
        public void messageArrived(String to, MqttMessage message) {
            messages.add(message);
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
            // Not waited for.
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
            // Not waited for.
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
            // None is asked for.
        }
    }
}
