package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Effort;
import dev.skein.node.reliability.Lanes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The pods of the StatefulSet as processes, with a real PostgreSQL: what {@code kubectl apply}, {@code scale},
 * {@code delete pod} and {@code rollout restart} do to them.
 */
@Timeout(600)
@Tag("mostly-waiting")
@Order(1)
@ResourceLock(Lanes.FIRST)
class StatefulSetIT {
    private static final int WAIT_SECONDS = 60;
    private static final int MORE = Effort.of(4, 5);
    private static final String TOPIC = "garden/north/soil";

    @TempDir
    private Path home;

    private final List<String> acknowledged = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Pods pods;

    @BeforeEach
    void databaseAndNames() throws Exception {
        pods = Pods.in(home, List.of(Pod.in("overlays/dev")), List.of());
    }

    @AfterEach
    void end() throws IOException {
        pods.close();
    }

    @Test
    void podsFormAClusterGrowLoseOneShrinkAndAreRestartedInTurn() throws Exception {
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            pods.begin(ordinal); // podManagementPolicy: Parallel
        }
        pods.allReady(3);
        MqttClient session = client(0, "keeper", false);
        session.subscribe("garden/#", 1);
        session.disconnect();
        session.close();
        publishOnEach(3);
        liveMessageCrosses(2, 1);

        for (int ordinal = 3; ordinal < MORE; ordinal++) {
            pods.begin(ordinal);
        }
        pods.allReady(MORE); // kubectl scale --replicas=MORE
        publishOnEach(MORE);
        liveMessageCrosses(3, MORE - 1);

        pods.get(1).kill(); // kubectl delete pod --force, and the StatefulSet makes it anew
        publish(2);
        pods.begin(1).awaitReady();
        pods.allReady(MORE);
        liveMessageCrosses(1, 0);

        shrinkTo(3); // kubectl scale --replicas=3

        for (int ordinal = 2; ordinal >= 0; ordinal--) { // kubectl rollout restart
            assertThat(pods.get(ordinal).terminate()).isZero();
            int other = (ordinal + 1) % 3;
            assertThat(pods.get(other).isReady()).isTrue();
            publish(other);
            pods.begin(ordinal).awaitReady();
        }
        pods.allReady(3);
        publishOnEach(3);
        liveMessageCrosses(0, 2);

        assertThat(kept(1)).containsExactlyElementsOf(acknowledged);
    }

    private void shrinkTo(int count) throws InterruptedException {
        for (int ordinal = pods.size() - 1; ordinal >= count; ordinal--) {
            assertThat(pods.get(ordinal).terminate()).isZero();
        }
        pods.allReady(count);
    }

    private MqttClient client(int ordinal, String id, boolean clean) throws MqttException {
        MqttClient client =
                new MqttClient("tcp://" + pods.address(ordinal) + ":" + Pods.MQTT, id, new MemoryPersistence());
        client.setTimeToWait(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(clean);
        client.connect(options);
        return client;
    }

    private void publishOnEach(int count) throws MqttException {
        for (int ordinal = 0; ordinal < count; ordinal++) {
            publish(ordinal);
        }
    }

    /** Returns when the node has acknowledged. */
    private void publish(int ordinal) throws MqttException {
        String body = acknowledged.size() + " by skein-" + ordinal;
        MqttClient publisher = client(ordinal, "publisher", true);
        publisher.publish(TOPIC, body.getBytes(StandardCharsets.UTF_8), 1, false);
        acknowledged.add(body);
        publisher.disconnect();
        publisher.close();
    }

    private void liveMessageCrosses(int from, int to) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttClient subscriber = client(to, "subscriber", true);
        subscriber.subscribe("live/+", 1, (topic, message) -> received.add(topic));
        MqttClient publisher = client(from, "publisher", true);
        publisher.publish("live/" + from, new byte[] {1}, 1, false);
        assertThat(received.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("live/" + from);
        for (MqttClient client : List.of(publisher, subscriber)) {
            client.disconnect();
            client.close();
        }
    }

    /** What the session that was away all the time is given. */
    private List<String> kept(int ordinal) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttClient client =
                new MqttClient("tcp://" + pods.address(ordinal) + ":" + Pods.MQTT, "keeper", new MemoryPersistence());
        client.setTimeToWait(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        client.setCallback(new Listening(received));
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(false);
        client.connect(options);
        List<String> bodies = new ArrayList<>();
        while (bodies.size() < acknowledged.size()) {
            String body = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (body == null) {
                break;
            }
            bodies.add(body);
        }
        client.disconnect();
        client.close();
        return bodies;
    }
}
