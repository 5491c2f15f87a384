package dev.skein.node.rule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.rule.FileBackEnd.Line;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node in a process with rules to and from a back end whose connector is a jar of its own. */
@Tag("mostly-waiting")
class RulesIT {
    private static final String RULES = "skein.instances.default.rules.";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private FileBackEnd backEnd;

    @BeforeEach
    void files() {
        backEnd = new FileBackEnd(home);
    }

    private SkeinProcess node(String... rules) {
        return SkeinProcess.in(home, "-Xmx256m", backEnd.settings(rules));
    }

    private static String outbound() {
        return RULES + "out1={ kind = outbound, connector = files, parent-topic = telemetry, target-topic = t_out,"
                + " dead-letter-topic = t_dead }";
    }

    private static MqttClient client(SkeinProcess node, String id, boolean clean) throws MqttException {
        MqttClient client = new MqttClient("tcp://127.0.0.1:" + node.mqttPort(), id, new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(clean);
        client.setTimeToWait(DEADLINE.toMillis());
        client.connect(options);
        return client;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static List<String> bodies(List<Line> lines) {
        return lines.stream().map(Line::body).toList();
    }

    @Test
    void whatClientsPublishGoesOutWithItsProperties() throws Exception {
        try (SkeinProcess node = node(outbound()).start();
                MqttClient clean = client(node, "one", true);
                MqttClient kept = client(node, "two", false)) {
            clean.publish("telemetry/a/b", "first".getBytes(UTF_8), 1, false);
            clean.publish("telemetry", new byte[0], 0, false);
            kept.publish("telemetry/c", "third".getBytes(UTF_8), 2, true);
            clean.publish("elsewhere/x", "not sent".getBytes(UTF_8), 1, false);
            clean.publish("telemetry/bad", "poison".getBytes(UTF_8), 1, false);

            List<Line> lines = backEnd.await("t_out", all -> all.size() == 3);
            assertThat(bodies(lines)).containsExactlyInAnyOrder("first", "", "third");
            Line first = lines.stream()
                    .filter(line -> line.body().equals("first"))
                    .findFirst()
                    .orElseThrow();
            assertThat(first.key()).matches("[0-9A-F]{32}");
            assertThat(first.tag()).isEqualTo("MQTT_COMMON");
            assertThat(first.orderKey()).isEqualTo("one");
            assertThat(first.properties())
                    .isEqualTo(Map.of(
                            "qoslevel", "1",
                            "cleansessionflag", "true",
                            "mqttSecondTopic", "/a/b",
                            "clientId", "one",
                            "topic", "telemetry/a/b"));
            Line third = lines.stream()
                    .filter(line -> line.body().equals("third"))
                    .findFirst()
                    .orElseThrow();
            assertThat(third.properties()).containsEntry("qoslevel", "2").containsEntry("cleansessionflag", "false");
            assertThat(bodies(backEnd.await("t_dead", all -> all.size() == 1))).containsExactly("poison");
            clean.disconnect();
            kept.disconnect();
        }
    }

    @Test
    void whatIsAcknowledgedWhileTheTargetIsAwayOutlivesTheNode() throws Exception {
        List<String> sent = new ArrayList<>();
        try (SkeinProcess node = node(outbound())) {
            node.start();
            try (MqttClient client = client(node, "one", true)) {
                for (int i = 0; i < 20; i++) {
                    client.publish("telemetry/n", Integer.toString(i).getBytes(UTF_8), 1, false);
                    sent.add(Integer.toString(i));
                    if (i == 4) {
                        backEnd.mark("away", true);
                    }
                }
                node.kill();
                client.disconnectForcibly(0, 0, false);
            }
            node.start();
            try (MqttClient client = client(node, "one", true)) {
                client.publish("telemetry/n", "behind".getBytes(UTF_8), 1, false);
                sent.add("behind");
                backEnd.mark("away", false);
                // What was sent behind one that failed comes again behind it.
                List<Line> lines = backEnd.await("t_out", all -> isSubsequence(sent, bodies(all)));
                assertThat(lines.stream().map(Line::key).distinct().count())
                        .as("duplicates have the same key")
                        .isEqualTo(sent.size());
                client.publish("telemetry/n", "last".getBytes(UTF_8), 1, false);
                assertThat(bodies(backEnd.await("t_out", all -> bodies(all).contains("last"))))
                        .endsWith("last");
                client.disconnect();
            }
        }
    }

    private static boolean isSubsequence(List<String> wanted, List<String> of) {
        int at = 0;
        for (String each : of) {
            at += at < wanted.size() && wanted.get(at).equals(each) ? 1 : 0;
        }
        return at == wanted.size();
    }

    @Test
    void aTargetThatDoesNotAnswerHoldsNobodyUp() throws Exception {
        backEnd.mark("silent", true);
        try (SkeinProcess node = node(outbound()).start();
                MqttClient client = client(node, "one", true)) {
            client.publish("telemetry/n", "a".getBytes(UTF_8), 1, false);
            client.publish("telemetry/n", "b".getBytes(UTF_8), 1, false);
            backEnd.mark("silent", false);
            assertThat(bodies(backEnd.await("t_out", all -> bodies(all).containsAll(List.of("a", "b")))))
                    .containsSubsequence("a", "b");
            client.disconnect();
        }
    }

    @Test
    void aRuleToWhichNothingIsPublishedTellsThatItsTargetIsAway() throws Exception {
        backEnd.mark("away", true);
        try (SkeinProcess node = node(outbound()).start()) {
            await("it is away", () -> node.get("/health/ready").body().contains("away"));
            backEnd.mark("away", false);
            await("it is there", () -> !node.get("/health/ready").body().contains("away"));
        }
    }

    @Test
    void whatComesFromTheBackEndIsPublished() throws Exception {
        try (SkeinProcess node = node(
                                RULES + "in1={ kind = inbound, connector = files, source-topic = t_in,"
                                        + " parent-topic = telemetry, dead-letter-topic = t_dead }",
                                outbound())
                        .start();
                MqttClient client = client(node, "one", true)) {
            BlockingQueue<String> received = new LinkedBlockingQueue<>();
            client.subscribe(
                    "telemetry/#",
                    2,
                    (topic, message) -> received.add(
                            topic + " " + message.getQos() + " " + new String(message.getPayload(), UTF_8)));
            backEnd.give("t_in", "k1", "mqttSecondTopic=/a/b", "slash");
            backEnd.give("t_in", "k2", "mqttSecondTopic=c;qoslevel=0", "none");
            backEnd.give("t_in", "k3", "", "bare");
            backEnd.give("t_in", "k4", "qoslevel=7", "wrong");
            backEnd.give("t_in", "k5", "mqttSecondTopic=a/#", "wildcard");
            backEnd.give("t_in", "k6", "qoslevel=2", "last");
            List<String> got = new ArrayList<>();
            while (got.size() < 4) {
                String next = received.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                assertThat(next).isNotNull();
                got.add(next);
            }
            assertThat(got)
                    .containsExactlyInAnyOrder(
                            "telemetry/a/b 1 slash", "telemetry/c 0 none", "telemetry 1 bare", "telemetry 2 last");
            await("all are acknowledged", () -> backEnd.read("t_in.done").size() == 6);
            assertThat(bodies(backEnd.await("t_dead", all -> all.size() == 2)))
                    .containsExactlyInAnyOrder("wrong", "wildcard");
            assertThat(backEnd.lines("t_out"))
                    .as("what a rule publishes does not go out again")
                    .isEmpty();
            client.disconnect();
        }
    }

    @Test
    void rulesAreMadeStoppedAndRemovedWhileTheNodeRuns() throws Exception {
        try (SkeinProcess node = node().start();
                MqttClient client = client(node, "one", true)) {
            assertThat(skein(node, "connectors", "list")).contains("files", "files");
            assertThat(skein(node, "connectors", "test", "files")).contains("answers");
            backEnd.mark("away", true);
            assertThat(skein(node, "connectors", "test", "files")).contains("away");
            String[] create = {
                "rules",
                "create",
                "made",
                "--kind",
                "outbound",
                "--connector",
                "files",
                "--parent-topic",
                "telemetry",
                "--target-topic",
                "t_made"
            };
            assertThat(skein(node, create)).contains("created made");
            assertThat(skein(node, create)).contains("exists already");
            client.publish("telemetry/n", "spooled".getBytes(UTF_8), 1, false);
            await(
                    "it is shown as failing",
                    () -> node.get("/health/ready").body().contains("rule made"));
            assertThat(skein(node, "rules", "list")).contains("made", "failing", "away");
            assertThat(skein(node, "rules", "disable", "made")).contains("disabled made");
            client.publish("telemetry/n", "not sent".getBytes(UTF_8), 1, false);
            backEnd.mark("away", false);
            assertThat(skein(node, "rules", "enable", "made")).contains("enabled made");
            backEnd.await("t_made", all -> !all.isEmpty());
            client.publish("telemetry/n", "sent".getBytes(UTF_8), 1, false);
            assertThat(bodies(backEnd.await("t_made", all -> bodies(all).contains("sent"))))
                    .containsExactly("spooled", "sent");
            assertThat(skein(node, "rules", "update", "made", "--target-topic", "t_other"))
                    .contains("updated made");
            client.publish("telemetry/n", "elsewhere".getBytes(UTF_8), 1, false);
            assertThat(bodies(backEnd.await("t_other", all -> !all.isEmpty()))).containsExactly("elsewhere");
            assertThat(node.metric("skein_rule_sent_total", "rule=\"made\"")).isPositive();
            assertThat(skein(node, "rules", "delete", "made")).contains("deleted made");
            assertThat(skein(node, "rules", "show", "made")).contains("expected: one that exists");
            assertThat(skein(node, "audit")).contains("rule-created", "rule-changed", "rule-deleted");
            client.disconnect();
        }
    }

    @Test
    void whatCannotWorkIsNamedAndStopsNothingElse() throws Exception {
        try (SkeinProcess node = node(
                        outbound(),
                        RULES + "bad1={ kind = outbound, connector = files, parent-topic = telemetry,"
                                + " target-topic = t, options { wrong = x } }",
                        RULES + "in1={ kind = inbound, connector = files, source-topic = late, parent-topic = p }")
                .start()) {
            await("both are named", () -> {
                String ready = node.get("/health/ready").body();
                return ready.contains("bad1.options.wrong: x") && ready.contains("topic late: not there");
            });
            backEnd.give("late", "k", "", "b");
            await("it begins by itself", () -> !node.get("/health/ready").body().contains("topic late"));
        }
        SkeinProcess refused = node(
                RULES + "xx={ kind = outbound }",
                "skein.connectors.other={ type = nothing }",
                RULES + "st1={ kind = status, connector = absent, group = \"*\", target-topic = t }");
        try (refused) {
            refused.launch();
            await("it ends", () -> !refused.isAlive());
            assertThat(refused.log())
                    .contains("skein.connectors.other.type: nothing (expected: one of files")
                    .contains("xx (expected: 3..64 letters");
        }
    }

    private static String skein(SkeinProcess node, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of("bin", "skein").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--url", "http://127.0.0.1:" + node.httpPort()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    void whoComesAndGoesIsToldAlsoWhenTheNodeIsKilled() throws Exception {
        String rule = RULES + "st1={ kind = status, connector = files, group = \"*\", target-topic = t_status }";
        try (SkeinProcess node = node(rule)) {
            node.start();
            client(node, "polite", true).disconnect();
            List<Line> polite = backEnd.await("t_status", all -> all.size() == 3);
            assertThat(polite.stream().map(Line::tag)).containsExactly("connect", "disconnect", "tcpclean");
            assertThat(polite.getFirst().body())
                    .matches("\\{\"clientId\":\"polite\",\"time\":\\d+,\"eventType\":\"connect\","
                            + "\"channelId\":\"[0-9a-f]{32}\",\"clientIp\":\"127\\.0\\.0\\.1:\\d+\"}");
            assertThat(polite.getLast().body()).contains("\"reason\":\"disconnected by client\"");
            MqttClient stays = client(node, "stays", true);
            backEnd.await("t_status", all -> all.size() == 4);
            node.kill();
            stays.disconnectForcibly(0, 0, false);
            stays.close();
            node.start();
            List<Line> all = backEnd.await("t_status", lines -> lines.size() >= 5);
            assertThat(all.getLast().tag()).isEqualTo("tcpclean");
            assertThat(all.getLast().orderKey()).isEqualTo("stays");
            assertThat(channel(all.getLast())).isEqualTo(channel(all.get(3)));
        }
    }

    private static String channel(Line line) {
        return line.body().replaceFirst(".*\"channelId\":\"([0-9a-f]+)\".*", "$1");
    }
}
