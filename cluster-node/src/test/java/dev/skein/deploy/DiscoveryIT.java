package dev.skein.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.discovery.ApiServer;
import dev.skein.node.discovery.DnsResponder;
import dev.skein.node.reliability.Lanes;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Pods as processes that are given no seeds: they ask a DNS server on UDP, or a server that speaks the documented form
 * of the Kubernetes API.
 */
@Timeout(600)
@Tag("mostly-waiting")
@Order(1)
@ResourceLock(Lanes.SECOND)
class DiscoveryIT {
    private static final String DOMAIN = ".skein.svc.cluster.local";
    private static final String SERVICE = "_cluster._tcp.skein-nodes" + DOMAIN;
    private static final int WAIT_SECONDS = 60;

    @TempDir
    private Path home;

    private static List<StatefulSet> parts(String... components) {
        return List.of(components).stream().map(Pod::in).toList();
    }

    private static String record(int ordinal) {
        return "skein-" + ordinal + ".skein-nodes" + DOMAIN + ":25520";
    }

    @Test
    @Tag("soak")
    void podsFindEachOtherByTheRecordsOfTheHeadlessService() throws Exception {
        try (DnsResponder dns = DnsResponder.start();
                Pods pods = Pods.in(
                        home,
                        parts("overlays/dev", "components/discovery-dns"),
                        List.of(
                                "--set", "pekko.io.dns.async-dns.nameservers=[\"" + dns.server() + "\"]",
                                "--set", "pekko.io.dns.async-dns.search-domains=[\"skein.svc.cluster.local\"]",
                                "--set", "pekko.io.dns.async-dns.ndots=5"))) {
            pods.begin(1);
            pods.begin(0);
            pods.get(1).await("DNS was asked", () -> dns.questions().contains(SERVICE));
            assertThat(pods.get(1).isReady()).isFalse();
            dns.service(SERVICE, List.of(record(1))); // the other comes a moment later
            pods.get(1).awaitReady();
            dns.service(SERVICE, List.of(record(0), record(1)));
            pods.allReady(2);
            liveMessageCrosses(pods, 0, 1);

            dns.service(SERVICE, List.of()); // nobody needs it any more
            assertThat(pods.get(0).terminate()).isZero();
            pods.begin(0).awaitReady(); // the database knows the other
            liveMessageCrosses(pods, 1, 0);
        }
    }

    @Test
    void podsFindEachOtherByTheApiAndOneOfTwoGoesOnWithTheLease() throws Exception {
        try (ApiServer api = ApiServer.start(home);
                Pods pods = Pods.in(
                        home,
                        parts("overlays/dev", "components/discovery-kubernetes-api", "components/lease"),
                        List.of(
                                "--set",
                                "skein.cluster.discovery.api-server=" + api.url(),
                                "--set",
                                "skein.cluster.discovery.service-account=" + api.account(),
                                "--set",
                                "pekko.coordination.lease.kubernetes.api-service-host=127.0.0.1",
                                "--set",
                                "pekko.coordination.lease.kubernetes.api-service-port=" + api.port(),
                                "--set",
                                "pekko.coordination.lease.kubernetes.api-ca-path=" + file(api, "ca.crt"),
                                "--set",
                                "pekko.coordination.lease.kubernetes.api-token-path=" + file(api, "token"),
                                "--set",
                                "pekko.coordination.lease.kubernetes.namespace-path=" + file(api, "namespace")))) {
            for (int ordinal = 0; ordinal < 2; ordinal++) {
                api.pod("skein-" + ordinal, "skein-nodes", pods.address(ordinal));
                pods.begin(ordinal);
            }
            pods.allReady(2);
            liveMessageCrosses(pods, 0, 1);
            assertThat(api.requests())
                    .allMatch(request -> request.contains("/pods?"), "no lease is asked for in peace");

            // Of two, the part with the lowest address would go on by majority: not this one.
            pods.get(0).kill();
            pods.get(1)
                    .await(
                            "skein-1 has the lease",
                            () -> api.owner("skein-pekko-sbr").contains("skein-1.skein-nodes"));
            pods.get(1).awaitReady();
            liveMessageCrosses(pods, 1, 1);
            assertThat(api.requests())
                    .anyMatch(request -> request.startsWith("PUT /apis/pekko.apache.org/v1/namespaces/skein/leases/"));
            pods.begin(0).awaitReady();
            liveMessageCrosses(pods, 0, 1);
        }
    }

    @Test
    void podThatFindsNobodyEndsInOrderWhenItIsToldTo() throws Exception {
        try (ApiServer api = ApiServer.start(home);
                Pods pods = Pods.in(
                        home,
                        parts("overlays/dev", "components/discovery-kubernetes-api"),
                        List.of(
                                "--set", "skein.cluster.discovery.api-server=" + api.url(),
                                "--set", "skein.cluster.discovery.service-account=" + api.account(),
                                "--set", "skein.cluster.discovery.namespace=forbidden"))) {
            PodProcess pod = pods.begin(0);
            pod.await(
                    "the API was asked",
                    () -> api.requests().stream().anyMatch(request -> request.contains("/namespaces/forbidden/pods")));

            // kubectl delete pod, or apply with what was missing: nothing is there to drain.
            assertThat(pod.terminate()).isZero();
        }
    }

    private static String file(ApiServer api, String name) {
        return api.account().resolve(name).toString();
    }

    private static MqttClient client(Pods pods, int ordinal, String id) throws Exception {
        MqttClient client =
                new MqttClient("tcp://" + pods.address(ordinal) + ":" + Pods.MQTT, id, new MemoryPersistence());
        client.setTimeToWait(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        client.connect(new MqttConnectOptions());
        return client;
    }

    private static void liveMessageCrosses(Pods pods, int from, int to) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttClient subscriber = client(pods, to, "subscriber");
        subscriber.subscribe("live/+", 1, (topic, message) -> received.add(topic));
        MqttClient publisher = client(pods, from, "publisher");
        publisher.publish("live/" + from, new byte[] {1}, 1, false);
        assertThat(received.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("live/" + from);
        for (MqttClient client : List.of(publisher, subscriber)) {
            client.disconnect();
            client.close();
        }
    }
}
