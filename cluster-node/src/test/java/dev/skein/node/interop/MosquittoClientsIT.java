package dev.skein.node.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mosquitto_pub} and {@code mosquitto_sub} as everybody has them; skipped where they are not installed. */
@ExtendWith(BrokerExtension.class)
class MosquittoClientsIT {
    private static final Path HERE = Path.of("").toAbsolutePath();
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
    @CsvSource({"mqttv31,0", "mqttv31,1", "mqttv31,2", "mqttv311,0", "mqttv311,1", "mqttv311,2"})
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

    /** A retained message on a second topic tells that the subscription is there. */
    private Tool subscribe(String... arguments) throws IOException, InterruptedException {
        publishTo(ready, "-q", "1", "-r", "-m", "ready");
        Tool tool = start("mosquitto_sub", arguments);
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
