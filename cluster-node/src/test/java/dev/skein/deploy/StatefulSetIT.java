package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pods of the StatefulSet as processes, with a real PostgreSQL: what {@code kubectl apply}, {@code scale},
 * {@code delete pod} and {@code rollout restart} do to them.
 */
@Timeout(600)
class StatefulSetIT {
    private static final int NAMES = 5;
    private static final int FIRST = 10;
    private static final int MQTT = 1883;
    private static final int LINKS = 25_520;
    private static final int WAIT_SECONDS = 60;
    private static final String TOPIC = "garden/north/soil";

    @TempDir
    private Path home;

    private final Map<String, PodProcess> pods = new LinkedHashMap<>();
    private final List<String> acknowledged = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private EmbeddedPostgres postgres;

    @SuppressWarnings("NullAway.Init")
    private PodProcess.Cluster cluster;

    private String network = "";

    @BeforeEach
    void databaseAndNames() throws Exception {
        Map<String, String> secrets = StatefulSetTest.secrets();
        postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(new File("target/embedded-pg").getAbsoluteFile())
                .setServerConfig("fsync", "off")
                .start();
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE skein LOGIN PASSWORD '" + secrets.get("skein-postgres-app/password") + "'");
            statement.execute("CREATE DATABASE skein OWNER skein");
        }
        network = freeNetwork();
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost skein-postgres-rw\n");
        for (int pod = 0; pod < NAMES; pod++) {
            hosts.append(address(pod)).append(" skein-").append(pod).append(".skein-nodes\n");
        }
        Files.writeString(home.resolve("hosts"), hosts);
        String url = ConfigFactory.parseFile(
                        Manifests.BASE.resolve("skein.conf").toFile())
                .getString("skein.storage.jdbc.url")
                .replace(":5432/", ":" + postgres.getPort() + "/");
        cluster = new PodProcess.Cluster(home, Pod.variables(List.of(Pod.in("overlays/dev"))), secrets, url);
    }

    @AfterEach
    void end() throws IOException {
        pods.values().forEach(PodProcess::close);
        postgres.close();
    }

    /** Addresses of this machine that nobody uses: the ports of the pods are fixed. */
    private static String freeNetwork() throws IOException {
        for (int third = 1; third < 255; third++) {
            String candidate = "127.77." + third + ".";
            if (isFree(InetAddress.getByName(candidate + FIRST))) {
                return candidate;
            }
        }
        throw new IllegalStateException("127.77.0.0/16: all in use");
    }

    private static boolean isFree(InetAddress address) throws IOException {
        try (ServerSocket mqtt = new ServerSocket(MQTT, 1, address);
                ServerSocket links = new ServerSocket(LINKS, 1, address)) {
            return mqtt.isBound() && links.isBound();
        } catch (BindException e) {
            return false;
        }
    }

    private String address(int pod) {
        return network + (FIRST + pod);
    }

    private PodProcess begin(int ordinal) {
        String name = "skein-" + ordinal;
        return pods.computeIfAbsent(name, n -> new PodProcess(cluster, n, address(ordinal)))
                .start();
    }

    private PodProcess pod(int ordinal) {
        return pods.computeIfAbsent("skein-" + ordinal, name -> {
            throw new IllegalStateException(name);
        });
    }

    @Test
    void podsFormAClusterGrowLoseOneShrinkAndAreRestartedInTurn() throws Exception {
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            begin(ordinal); // podManagementPolicy: Parallel
        }
        allReady(3);
        MqttClient session = client(0, "keeper", false);
        session.subscribe("garden/#", 1);
        session.disconnect();
        session.close();
        publishOnEach(3);
        liveMessageCrosses(2, 1);

        begin(3);
        begin(4);
        allReady(5); // kubectl scale --replicas=5
        publishOnEach(5);
        liveMessageCrosses(3, 4);

        pod(1).kill(); // kubectl delete pod --force, and the StatefulSet makes it anew
        publish(2);
        begin(1).awaitReady();
        allReady(5);
        liveMessageCrosses(1, 0);

        shrinkTo(3); // kubectl scale --replicas=3

        for (int ordinal = 2; ordinal >= 0; ordinal--) { // kubectl rollout restart
            assertThat(pod(ordinal).terminate()).isZero();
            int other = (ordinal + 1) % 3;
            assertThat(pod(other).isReady()).isTrue();
            publish(other);
            begin(ordinal).awaitReady();
        }
        allReady(3);
        publishOnEach(3);
        liveMessageCrosses(0, 2);

        assertThat(kept(1)).containsExactlyElementsOf(acknowledged);
    }

    private void shrinkTo(int count) throws InterruptedException {
        for (int ordinal = pods.size() - 1; ordinal >= count; ordinal--) {
            assertThat(pod(ordinal).terminate()).isZero();
        }
        allReady(count);
    }

    private void allReady(int count) {
        for (int ordinal = 0; ordinal < count; ordinal++) {
            pod(ordinal).awaitReady();
        }
    }

    private MqttClient client(int ordinal, String id, boolean clean) throws MqttException {
        MqttClient client = new MqttClient("tcp://" + address(ordinal) + ":" + MQTT, id, new MemoryPersistence());
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
        MqttClient client = new MqttClient("tcp://" + address(ordinal) + ":" + MQTT, "keeper", new MemoryPersistence());
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
