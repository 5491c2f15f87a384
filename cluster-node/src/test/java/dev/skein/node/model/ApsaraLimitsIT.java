package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.model.Device.Connack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What apsara mode asks of client IDs, topics, bodies, filters and keep-alive, and what each violation gets. */
@ExtendWith(Model.Extension.class)
class ApsaraLimitsIT {
    private static final int SUBACK_FAILURE = 0x80;
    private static final String LONGEST_ID = "GID_Test@@@" + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0";

    private final Model model;
    private final ModelNode node;

    ApsaraLimitsIT(Model model) {
        this.model = model;
        this.node = model.node();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "GID_Test",
                "GID_Test@@@",
                "@@@1",
                "GID_Test@@@a/b",
                "GID_Test@@@a b",
                "GID_Test@@@a:b",
                "GID_Test@@@a%",
                "GID_Test@@@1@@@2",
                "Test@@@1",
                "GID_@@@1",
                "GID_Test@@@xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1",
            })
    void clientIdOfAnotherFormIsRejectedByApsaraModeOnly(String clientId) {
        try (Device refused = node.device("fleet", clientId);
                Device admitted = node.stranger(clientId)) {
            assertThat(refused.tryConnect()).isEqualTo(new Connack(false, 2));
            refused.awaitClose();
            if (!clientId.isEmpty()) {
                model.awaitLine(clientId, "connect refused: return code 2", "expected");
            }
            assertThat(admitted.tryConnect()).isEqualTo(new Connack(false, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GID_Test@@@1", "GID-two@@@a-b_C9", LONGEST_ID})
    void clientIdOfARegisteredGroupIsAdmitted(String clientId) {
        assertThat(LONGEST_ID).hasSize(64);
        try (Device device = node.device("fleet", clientId)) {
            assertThat(device.tryConnect()).isEqualTo(new Connack(false, 0));
        }
    }

    @Test
    void groupThatIsNotRegisteredIsNotAuthorized() {
        try (Device device = node.device("fleet", "GID_nobody@@@1");
                Device guesser = node.stranger("GID_nobody@@@1").login("Signature|YYYYY|fleet", "wrong")) {
            assertThat(device.tryConnect().code()).isEqualTo(5);
            device.awaitClose();
            model.awaitLine(device.clientId(), "group: GID_nobody", "registered");
            // Without the secret nobody learns which groups there are.
            assertThat(guesser.tryConnect().code()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"olds/a", "News/a", "/news", "$SYS/a", "olds/p2p/GID_Test@@@1"})
    void parentTopicThatIsNotRegisteredClosesTheConnection(String topic) {
        try (Device publisher = node.device("fleet", "GID_Test@@@pub").connect();
                Device subscriber = node.device("fleet", "GID_Test@@@sub").connect();
                Device free = node.stranger("free").connect()) {
            publisher.publishOnly(topic, "x", 1);
            publisher.awaitClose();
            model.awaitLine(
                    publisher.clientId(),
                    ": topic auth failed: topic: " + topic + " (expected: a registered parent topic)");

            subscriber.subscribeAndBeClosed(topic);
            model.awaitLine(subscriber.clientId(), ": topic auth failed: filter: " + topic);

            assertThat(free.subscribe(topic, 1)).isEqualTo(topic.startsWith("$SYS") ? 128 : 1); // [MQTT-3.8.4-5]
            free.publish(topic, "x", 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "+/a", "+/#"})
    void wildcardInTheFirstLevelClosesTheConnection(String filter) {
        try (Device device = node.device("fleet", "GID_Test@@@wild").connect();
                Device free = node.stranger("free").connect()) {
            device.subscribeAndBeClosed(filter);
            model.awaitLine(device.clientId(), "filter: " + filter, "no wildcard in the first level");

            assertThat(free.subscribe(filter, 1)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"fleet, 64", "longer, 128"})
    void wholeTopicIsAsLongAsTheInstanceSays(String instance, int length) {
        String topic = "news/" + "x".repeat(length - 5);
        try (Device publisher = node.device(instance, "GID_Test@@@pub").connect();
                Device subscriber = node.device(instance, "GID_Test@@@sub").connect()) {
            assertThat(subscriber.subscribe(topic, 1)).isEqualTo(1);
            publisher.publish(topic, "fits", 1);
            assertThat(subscriber.next().body()).isEqualTo("fits");

            publisher.publishOnly(topic + "x", "x", 1);
            publisher.awaitClose();
            model.awaitLine(publisher.clientId(), ": invalid param: topic: news/", "<= " + length + " characters");

            subscriber.subscribeAndBeClosed(topic + "/#");
            model.awaitLine(subscriber.clientId(), ": invalid param: filter: news/");
        }
    }

    @Test
    void bodyHasAtMostSixtyFourKibibytes() {
        try (Device device = node.device("fleet", "GID_Test@@@body").connect();
                Device free = node.stranger("free").connect()) {
            device.subscribe("news/#", 0);
            device.publish("news/a", "x".repeat(65_536), 1);
            assertThat(device.next().body()).hasSize(65_536);

            device.publishOnly("news/a", "x".repeat(65_537), 1);
            device.awaitClose();
            model.awaitLine(device.clientId(), ": invalid param: body: 65537 bytes (expected: at most 65536)");

            free.publish("news/a", "x".repeat(65_537), 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thirtyFirstFilterIsNotAdded(boolean persistent) {
        try (Device device = node.device("fleet", "GID_Test@@@filters" + persistent)) {
            if (persistent) {
                device.persistent();
            }
            device.connect();
            for (int i = 0; i < 30; i++) {
                assertThat(device.subscribe("news/" + i, 1)).isEqualTo(1);
            }
            assertThat(device.subscribe("news/30", 1)).isEqualTo(SUBACK_FAILURE);
            model.awaitLine(device.clientId(), "subscription refused", "at most 30 filters");
            device.publish("news/30", "not added", 1);
            device.publish("news/0", "added", 1);
            assertThat(device.next().body()).isEqualTo("added");

            assertThat(device.subscribe("news/0", 0))
                    .as("one that is there is changed")
                    .isZero();
            device.unsubscribe("news/0");
            assertThat(device.subscribe("news/30", 1)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thirtyFirstFilterOfOnePacketIsNotAdded(boolean persistent) {
        try (Device device = node.device("fleet", "GID_Test@@@packet" + persistent)) {
            if (persistent) {
                device.persistent();
            }
            device.connect();
            List<String> filters = new ArrayList<>(
                    IntStream.range(0, 31).mapToObj(i -> "news/" + i).toList());
            filters.addFirst("news/0"); // twice in the packet, once among the thirty
            List<Integer> codes = new ArrayList<>(Collections.nCopies(31, 1));
            codes.add(SUBACK_FAILURE);

            assertThat(device.subscribe(1, filters)).isEqualTo(codes);
        }
    }

    @Test
    void filtersOfAPersistentSessionCountOnAfterItsReturn() {
        try (Device device =
                node.device("fleet", "GID_Test@@@kept").persistent().connect()) {
            device.subscribe(
                    1, IntStream.range(0, 30).mapToObj(i -> "news/" + i).toList());
            device.disconnect();

            assertThat(device.connectAgain().present()).isTrue();
            assertThat(device.subscribe("news/30", 1)).isEqualTo(SUBACK_FAILURE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fleet, 60, 60",
        "fleet, 480, 480",
        "fleet, 481, 480",
        "fleet, 65535, 480",
        "fleet, 0, 480",
        "default, 0, 0",
        "default, 65535, 65535"
    })
    void keepAliveIsAtMostEightMinutesInApsaraMode(String instance, int asked, int taken) {
        try (Device device = node.device(instance, "GID_Test@@@alive").keepAlive(asked)) {
            device.connectAgain();

            assertThat(node.client(instance, device.clientId())
                            .json()
                            .path("keepAliveSeconds")
                            .asInt())
                    .isEqualTo(taken);
        }
    }

    @Test // [MQTT-3.1.2-24]
    void silentClientIsClosedByTheKeepAliveThatCounts() {
        try (Device device =
                node.device("brief", "GID_Test@@@silent").keepAlive(600).connect()) {
            device.awaitClose();

            model.awaitLine(device.clientId(), "no heart: nothing received for ", " s, keep-alive is 1 s");
        }
    }
}
