package dev.skein.node.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mosquitto_pub} and {@code mosquitto_sub} as everybody has them; skipped where they are not installed. */
@ExtendWith(BrokerExtension.class)
class MosquittoClientsIT {
    private static final Path HERE = Path.of("").toAbsolutePath();
    private static final long EXPIRED_NANOS = 1_500_000_000L;
    private static final String FORMAT = "got %p qos %q retain %r";

    private final BrokerUnderTest broker;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);
    private final String topic = "mosquitto/" + unique + "/t";
    private final String ready = "mosquitto/" + unique + "/ready";

    MosquittoClientsIT(BrokerUnderTest broker) {
        this.broker = broker;
    }

    @BeforeAll
    static void toolsAreInstalled() {
        assumeTrue(
                Tool.isInstalled("mosquitto_pub") && Tool.isInstalled("mosquitto_sub"),
                "mosquitto_pub and mosquitto_sub are not installed (Debian: mosquitto-clients)");
    }

    @ParameterizedTest
    @CsvSource({"mqttv31,0", "mqttv31,1", "mqttv31,2", "mqttv311,0", "mqttv311,1", "mqttv311,2", "5,0", "5,1", "5,2"})
    void messageArrives(String version, String qos) throws Exception {
        try (Tool subscriber = subscribe("-V", version, "-q", qos)) {
            publish("-V", version, "-q", qos, "-m", "hello");

            assertThat(got(subscriber)).isEqualTo("got hello qos " + qos + " retain 0");
        }
    }

    @Test
    void linesArriveInOrder() throws Exception {
        try (Tool subscriber = subscribe("-q", "2")) {
            publish("-q", "2", "--repeat", "20", "-m", "again");
            publish("-q", "2", "-m", "end");

            for (int i = 1; i <= 20; i++) {
                assertThat(got(subscriber)).isEqualTo("got again qos 2 retain 0");
            }
            assertThat(got(subscriber)).isEqualTo("got end qos 2 retain 0");
        }
    }

    @Test
    void retainedMessageArrivesOnSubscribe() throws Exception {
        publish("-q", "1", "-r", "-m", "kept");
        try (Tool subscriber = start("mosquitto_sub", "-q", "1")) {
            assertThat(got(subscriber)).isEqualTo("got kept qos 1 retain 1");
        }
    }

    @Test
    void willIsPublishedWhenTheProcessIsKilled() throws Exception {
        try (Tool watcher = subscribe("-q", "1");
                Tool dying = subscribe("--will-topic", topic, "--will-payload", "gone", "--will-qos", "1")) {
            dying.kill();

            assertThat(got(watcher)).isEqualTo("got gone qos 1 retain 0");
        }
    }

    @Test
    void offlineMessagesArriveInOrder() throws Exception {
        String[] session = {"-q", "2", "-c", "-i", unique + "s"};
        try (Tool subscriber = subscribe(session)) {
            subscriber.kill();
        }
        for (int i = 1; i <= 5; i++) {
            publish("-q", "2", "-m", "m" + i);
        }
        try (Tool subscriber = start("mosquitto_sub", session)) {
            for (int i = 1; i <= 5; i++) {
                assertThat(got(subscriber)).isEqualTo("got m" + i + " qos 2 retain 0");
            }
        }
    }

    @Test
    void userNameAndPasswordAreChecked() throws Exception {
        publish("-q", "1", "-u", "conformance", "-P", "secret", "-m", "x");
        try (Tool refused = start("mosquitto_pub", "-q", "1", "-u", "conformance", "-P", "wrong", "-m", "x")) {
            assertThat(refused.end(Duration.ofSeconds(20))).isNotZero();
        }
    }

    @Test
    void brokenConnectionIsRestoredWithItsSession() throws Exception {
        try (Tool subscriber = subscribe("-q", "1", "-c", "-i", unique + "r")) {
            Thief.steal(broker, unique + "r");
            publish("-q", "1", "-m", "meanwhile");

            assertThat(got(subscriber)).isEqualTo("got meanwhile qos 1 retain 0");
        }
    }

    @Test
    void propertiesOfMqtt5ArriveWithWhatIsLeftOfTheTime() throws Exception {
        String format = "got %p content %C answer %R data %D user %P left %E";
        try (Tool subscriber = subscribe("-V", "5", "-q", "1", "-F", format)) {
            List<String> message = new ArrayList<>(List.of("-V", "5", "-q", "1", "-m", "on"));
            for (String property : List.of(
                    "content-type text/plain",
                    "response-topic " + topic + "/answer",
                    "correlation-data 77",
                    "message-expiry-interval 60",
                    "user-property b 1",
                    "user-property a 2")) {
                message.addAll(List.of("-D", "publish"));
                message.addAll(List.of(property.split(" ", -1)));
            }
            publish(message.toArray(String[]::new));

            assertThat(got(subscriber))
                    .matches("got on content text/plain answer \\Q" + topic
                            + "\\E/answer data 77 user b:1 a:2 left ([1-9]|[1-5][0-9]|60)");
        }
    }

    @Test
    void messageThatHasExpiredIsNotSent() throws Exception {
        String[] session = {"-V", "5", "-q", "1", "-c", "-x", "60", "-i", unique + "e"};
        try (Tool subscriber = subscribe(session)) {
            subscriber.kill();
        }
        publish("-V", "5", "-q", "1", "-m", "short", "-D", "publish", "message-expiry-interval", "1");
        long since = System.nanoTime();
        publish("-V", "5", "-q", "1", "-m", "long");
        Waiting.until("the short one has expired", () -> System.nanoTime() - since > EXPIRED_NANOS);
        try (Tool subscriber = start("mosquitto_sub", session)) {
            assertThat(got(subscriber)).isEqualTo("got long qos 1 retain 0");
        }
    }

    @Test
    void membersOfASharedSubscriptionGetEachMessageOnce() throws Exception {
        String shared = "$share/" + unique + "/" + topic;
        try (Tool one = subscribeTo(shared, "-V", "5", "-q", "1");
                Tool other = subscribeTo(shared, "-V", "5", "-q", "1")) {
            for (int i = 0; i < 10; i++) {
                publish("-V", "5", "-q", "1", "-m", "m" + i);
            }
            List<String> all = new ArrayList<>();
            Waiting.until("all came", () -> {
                all.clear();
                all.addAll(messages(one));
                all.addAll(messages(other));
                return all.size() >= 10;
            });
            assertThat(all)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10)
                            .mapToObj(i -> "got m" + i + " qos 1 retain 0")
                            .toList());
            assertThat(messages(one)).isNotEmpty();
            assertThat(messages(other)).isNotEmpty();
        }
    }

    private static List<String> messages(Tool subscriber) {
        return subscriber
                .output()
                .lines()
                .filter(line -> line.startsWith("got m"))
                .toList();
    }

    @Test
    void topicAliasesAndReceiveMaximumAreTaken() throws Exception {
        String[] bounds = {"-V", "5", "-q", "2", "-D", "connect", "receive-maximum", "1"};
        try (Tool subscriber = subscribe(bounds)) {
            publish("-V", "5", "-q", "2", "--repeat", "10", "-m", "again", "-D", "publish", "topic-alias", "1");
            for (int i = 1; i <= 10; i++) {
                assertThat(got(subscriber)).isEqualTo("got again qos 2 retain 0");
            }
        }
    }

    @Test
    void willWaitsForItsDelay() throws Exception {
        String[] will = {
            "-V",
            "5",
            "-c",
            "-x",
            "60",
            "-i",
            unique + "d",
            "--will-topic",
            topic,
            "--will-payload",
            "gone",
            "--will-qos",
            "1",
            "-D",
            "will",
            "will-delay-interval",
            "1",
            "-D",
            "will",
            "content-type",
            "text/plain"
        };
        try (Tool watcher = subscribe("-V", "5", "-q", "1", "-F", "got %p content %C");
                Tool dying = subscribe(will)) {
            dying.kill();

            assertThat(got(watcher)).isEqualTo("got gone content text/plain");
        }
    }

    private Tool start(String program, String... arguments) throws IOException {
        return startOn(topic, program, arguments);
    }

    private Tool startOn(String target, String program, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(program, "-h", broker.host(), "-p", "" + broker.mqttPort(), "-t", target));
        if (program.equals("mosquitto_sub")) {
            command.addAll(List.of("-t", ready, "-F", FORMAT));
        }
        command.addAll(List.of(arguments));
        return Tool.start(HERE, command);
    }

    private Tool subscribe(String... arguments) throws IOException, InterruptedException {
        return subscribeTo(topic, arguments);
    }

    /** A retained message on a second topic tells that the subscription is there. */
    private Tool subscribeTo(String filter, String... arguments) throws IOException, InterruptedException {
        publishTo(ready, "-q", "1", "-r", "-m", "ready");
        Tool tool = startOn(filter, "mosquitto_sub", arguments);
        tool.await(line -> line.startsWith("got ready"));
        return tool;
    }

    private void publish(String... arguments) throws IOException, InterruptedException {
        publishTo(topic, arguments);
    }

    private void publishTo(String target, String... arguments) throws IOException, InterruptedException {
        try (Tool tool = startOn(target, "mosquitto_pub", arguments)) {
            tool.succeed();
        }
    }

    private static String got(Tool subscriber) throws InterruptedException {
        return subscriber.await(line -> line.startsWith("got ") && !line.startsWith("got ready"));
    }
}
