package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.skein.node.reliability.Waiting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rates by client, identity, address and instance: who is beyond one waits, and nothing is lost. */
@SuppressWarnings("NullAway.Init")
class RatesIT {
    private static final int ACCEPTED = 0;
    private static final int SERVER_UNAVAILABLE = 3;
    private static final String INSTANCE =
            "skein.instances.%s { users = [{ name = ann, password-hash = \"%s\" }], rates { %s } }%n";

    @TempDir
    private static Path directory;

    private static ModelNode node;

    @BeforeAll
    static void start() {
        String hash = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
        node = ModelNode.start(
                directory,
                INSTANCE.formatted("messages", hash, "client-messages = 200")
                        + INSTANCE.formatted("shared", hash, "identity-messages = 200")
                        + INSTANCE.formatted("bytes", hash, "address-bytes = 100KiB")
                        + INSTANCE.formatted("connects", hash, "address-connects = 3")
                        + INSTANCE.formatted("crowd", hash, "instance-connects = 3")
                        + INSTANCE.formatted("topics", hash, "client-topics = 5")
                        + INSTANCE.formatted("free", hash, ""));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Device device(String instance, String clientId) {
        return node.stranger(clientId).login("ann@" + instance, "secret");
    }

    private static double exceeded(String instance, String scope, String kind) {
        String series = "skein_rate_exceeded_total{kind=\"%s\",mqtt_instance=\"%s\",scope=\"%s\"} "
                .formatted(kind, instance, scope);
        return node.page("/metrics")
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> bodies(Device subscriber, int count) {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(subscriber.next().body());
        }
        return bodies;
    }

    private static List<String> numbers(int count) {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    @Test
    void publisherBeyondItsRateWaitsAndLosesNothing() {
        for (int qos = 0; qos <= 1; qos++) {
            try (Device subscriber = device("messages", "subscriber").connect();
                    Device publisher = device("messages", "publisher-" + qos).connect()) {
                subscriber.subscribe("t/#", 1);
                double before = exceeded("messages", "client", "messages");
                for (int i = 0; i < 500; i++) {
                    publisher.publishOnly("t/1", Integer.toString(i), qos);
                }
                assertThat(bodies(subscriber, 500)).isEqualTo(numbers(500));
                assertThat(exceeded("messages", "client", "messages")).isGreaterThan(before);
            }
        }
    }

    @Test
    void clientsOfOneUserShareItsRate() {
        try (Device subscriber = device("shared", "subscriber").connect();
                Device one = device("shared", "one").connect();
                Device two = device("shared", "two").connect()) {
            subscriber.subscribe("t/#", 1);
            for (int i = 0; i < 200; i++) {
                one.publishOnly("t/1", Integer.toString(i), 1);
                two.publishOnly("t/2", Integer.toString(i), 1);
            }
            assertThat(bodies(subscriber, 400)).hasSize(400);
            assertThat(exceeded("shared", "identity", "messages")).isPositive();
        }
    }

    @Test
    void bytesOfOneAddressAreCounted() {
        try (Device publisher = device("bytes", "publisher").connect()) {
            for (int i = 0; i < 20; i++) {
                publisher.publishOnly("t/1", "x".repeat(10_000), 1);
            }
            publisher.publish("t/1", "last", 1);
            assertThat(exceeded("bytes", "address", "messages")).isPositive();
        }
    }

    /** The PINGREQ passes what waits: the keep-alive of a client that is slowed does not end it. */
    @Test
    void clientThatIsSlowedIsAnsweredMeanwhile() {
        try (Device publisher = device("messages", "pinging").connect()) {
            for (int i = 0; i < 300; i++) {
                publisher.publishOnly("t/3", "x", 1);
            }
            publisher.ping();
            publisher.publish("t/3", "last", 1);
        }
    }

    @Test
    void connectionBeyondTheRateOfItsAddressIsRefused() {
        assertThat(connectUntilRefused("connects")).isEqualTo(SERVER_UNAVAILABLE);
        assertThat(exceeded("connects", "address", "connects")).isPositive();
        assertThat(node.page("/metrics"))
                .contains("skein_connects_refused_total{listener=\"mqtt\",reason=\"connect_rate_exceeded\"}");
        Waiting.until("it may connect again", () -> {
            try (Device later = device("connects", "later")) {
                return later.tryConnect().code() == ACCEPTED;
            }
        });
    }

    @Test
    void connectionBeyondTheRateOfItsInstanceIsRefusedAndThoseOfOthersAreNot() {
        assertThat(connectUntilRefused("crowd")).isEqualTo(SERVER_UNAVAILABLE);
        assertThat(exceeded("crowd", "instance", "connects")).isPositive();
        try (Device other = device("free", "other")) {
            other.connect();
        }
    }

    private static int connectUntilRefused(String instance) {
        int code = ACCEPTED;
        for (int i = 0; i < 1000 && code == ACCEPTED; i++) {
            try (Device device = device(instance, instance + "-" + i)) {
                code = device.tryConnect().code();
            }
        }
        return code;
    }

    @Test
    void clientThatBeginsToUseManyParentTopicsWaits() {
        try (Device publisher = device("topics", "publisher").connect();
                Device other = device("topics", "other").connect()) {
            for (int i = 0; i < 70; i++) {
                publisher.publishOnly("topic-" + i + "/x", "x", 1);
            }
            other.publish("of-another/x", "x", 1);
            publisher.publish("topic-0/x", "last", 1);
            assertThat(exceeded("topics", "client", "topics")).isPositive();
        }
    }
}
