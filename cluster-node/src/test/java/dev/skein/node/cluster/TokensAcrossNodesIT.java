package dev.skein.node.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.model.ServiceClient;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.Waiting;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A token counts on every node, and is revoked on every node, also on one that was stopped while that happened. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class TokensAcrossNodesIT {
    private static final int HTTP_PORT = 8080;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String KEY = "skein.instances.default.access-keys=[{ id = YYYYY, secret = XXXXX }]";
    private static final String REVOKED = "$SYS/tokenInvalidNotice {\"code\":3,\"type\":\"RW\"}";

    @TempDir
    Path home;

    private static final class Peer implements MqttCallback, AutoCloseable {
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final MqttClient client;

        Peer(ClusterNode node, String id, String token) throws MqttException {
            client = new MqttClient(
                    "tcp://" + node.host() + ":" + node.address().getPort(), id, new MemoryPersistence());
            client.setCallback(this);
            client.setTimeToWait(DEADLINE.toMillis());
            MqttConnectOptions options = new MqttConnectOptions();
            options.setUserName("Token|YYYYY|default");
            options.setPassword(("RW|" + token).toCharArray());
            client.connect(options);
        }

        @Override
        public void connectionLost(Throwable cause) {
            heard.add("lost");
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            heard.add(topic + " " + new String(message.getPayload(), UTF_8));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // nobody waits for it
        }

        void awaitEnd() {
            Waiting.until("the connection is lost", DEADLINE, () -> heard.contains("lost"));
            assertThat(heard).containsExactly(REVOKED, "lost");
        }

        @Override
        public void close() throws MqttException {
            client.close(true);
        }
    }

    private static String apply(ServiceClient service) {
        long expireTime =
                InstantSource.system().instant().plus(Duration.ofDays(1)).toEpochMilli();
        ServiceClient.Reply reply = service.call(
                "ApplyToken",
                Map.of(
                        "InstanceId",
                        "default",
                        "Actions",
                        "R,W",
                        "Resources",
                        "news/#",
                        "ExpireTime",
                        Long.toString(expireTime)));
        assertThat(reply.status()).as("%s", reply.json()).isEqualTo(200);
        return reply.text("Token");
    }

    private static void revoke(ServiceClient service, String token) {
        assertThat(service.call("RevokeToken", Map.of("InstanceId", "default", "Token", token))
                        .status())
                .isEqualTo(200);
    }

    private static ServiceClient service(ClusterNode node) {
        return new ServiceClient(new InetSocketAddress(node.host(), HTTP_PORT), "YYYYY", "XXXXX");
    }

    @Test
    void oneRevocationEndsTheConnectionsOfAllNodes() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 3, KEY);
                ServiceClient first = service(cluster.node(1));
                ServiceClient second = service(cluster.node(2))) {
            String token = apply(first);
            try (Peer one = new Peer(cluster.node(1), "one", token);
                    Peer two = new Peer(cluster.node(2), "two", token);
                    Peer three = new Peer(cluster.node(3), "three", token)) {
                revoke(second, token);
                one.awaitEnd();
                two.awaitEnd();
                three.awaitEnd();
            }
            assertThatThrownBy(() -> new Peer(cluster.node(3), "late", token)).isInstanceOf(MqttException.class);

            String other = apply(second);
            try (Peer three = new Peer(cluster.node(3), "three", other)) {
                cluster.node(3).stop();
                revoke(first, other);
                cluster.node(3).proceed();
                Waiting.until("the connection is lost", DEADLINE, () -> three.heard.contains("lost"));
            }
            cluster.awaitAllReady();
            assertThatThrownBy(() -> new Peer(cluster.node(3), "late", other)).isInstanceOf(MqttException.class);
        }
    }
}
