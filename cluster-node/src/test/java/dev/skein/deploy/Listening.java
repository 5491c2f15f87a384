package dev.skein.deploy;

import java.nio.charset.StandardCharsets;
import java.util.Queue;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttMessage;

/** Notes the body of each message. */
record Listening(Queue<String> bodies) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
        bodies.add(new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    @Override
    public void connectionLost(Throwable cause) {
        // The test waits for messages that then do not come.
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
        // Only receives.
    }
}
