package dev.skein.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.testing.TestKafka;
import dev.skein.connectors.testing.TestPorts;
import dev.skein.connectors.testing.TestRocketMq;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node as its users start it with a connector as it is built, and rules made by commands: what a client publishes
 * goes to a topic of the real back end by one rule, and comes from there to a subscriber by another.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class BackEndsIT {
    private static final long DEADLINE_SECONDS = 120;
    private static final int MESSAGES = 20;

    @TempDir
    private Path root = Path.of("");

    private Path data = Path.of("");

    @BeforeEach
    void makeDirectories() throws Exception {
        data = Files.createDirectory(root.resolve("data"));
    }

    @Test
    void rocketMq4() throws Exception {
        try (TestRocketMq server =
                new TestRocketMq(TestRocketMq.Version.FOUR, Files.createDirectory(root.resolve("rmq"))).start()) {
            server.createTopic("t_both", 4);
            thereAndBack("skein.connectors.end={ type = rocketmq, name-servers = [\"" + server.nameServer() + "\"] }");
        }
    }

    @Test
    void kafka() throws Exception {
        try (TestKafka server = new TestKafka(Files.createDirectory(root.resolve("kafka"))).start()) {
            server.createTopic("t_both", 4);
            thereAndBack("skein.connectors.end={ type = kafka, bootstrap-servers = [\"" + server.address() + "\"] }");
        }
    }

    /** The node's own webhook is the server that it posts to. */
    @Test
    void http() throws Exception {
        int port = TestPorts.free();
        thereAndBack(
                "skein.connectors.end={ type = http, url = \"http://127.0.0.1:" + port + "/\", token = long-secret,"
                        + " format = raw, webhook { listen = \"127.0.0.1:" + port + "\", token = long-secret } }");
    }

    private void thereAndBack(String connector) throws Exception {
        try (SkeinProcess node = SkeinProcess.start(data, connector);
                MqttClient client =
                        new MqttClient("tcp://127.0.0.1:" + node.port("mqtt="), "c", new MemoryPersistence())) {
            String url = "http://127.0.0.1:" + node.port("http=");
            skein(
                    url,
                    "rules",
                    "create",
                    "back",
                    "--kind",
                    "inbound",
                    "--connector",
                    "end",
                    "--parent-topic",
                    "back",
                    "--source-topic",
                    "t_both");
            skein(
                    url,
                    "rules",
                    "create",
                    "there",
                    "--kind",
                    "outbound",
                    "--connector",
                    "end",
                    "--parent-topic",
                    "there",
                    "--target-topic",
                    "t_both");
            MqttConnectOptions options = new MqttConnectOptions();
            options.setConnectionTimeout((int) DEADLINE_SECONDS);
            client.setTimeToWait(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
            client.connect(options);
            BlockingQueue<String> received = new LinkedBlockingQueue<>();
            client.subscribe(
                    "back/#",
                    1,
                    (topic, message) -> received.add(topic + " " + new String(message.getPayload(), UTF_8)));
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                client.publish("there/a/b", Integer.toString(i).getBytes(UTF_8), 1, false);
                expected.add("back/a/b " + i);
            }
            List<String> got = new ArrayList<>();
            while (got.stream().distinct().count() < MESSAGES) {
                String next = received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
                assertThat(next).as("behind " + got).isNotNull();
                got.add(next);
            }
            assertThat(got.stream().distinct()).containsExactlyElementsOf(expected);
            assertThat(skein(url, "rules", "show", "there")).contains("running");
            client.disconnect();
        }
    }

    /** Runs a command of {@code skein} against the node; it succeeds. Returns what it printed. */
    private static String skein(String url, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of("..", "cluster-node", "bin", "skein")
                .toAbsolutePath()
                .normalize()
                .toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--url", url));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
