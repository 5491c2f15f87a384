package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.model.Device.Delivery;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code <parent>/p2p/<clientId>} reaches that client without a subscription. */
@ExtendWith(Model.Extension.class)
class PointToPointIT {
    private static final String OPEN = "addressed";
    private static final String APSARA = "fleet";

    private final ModelNode node;

    PointToPointIT(Model model) {
        this.node = model.node();
    }

    private static String to(Device target) {
        return "news/p2p/" + target.clientId();
    }

    @ParameterizedTest
    @CsvSource({"addressed, 0", "addressed, 1", "addressed, 2", "fleet, 0", "fleet, 1", "fleet, 2"})
    void clientGetsItWithoutASubscriptionAndSeesTheSameTopic(String instance, int qos) {
        try (Device target = node.device(instance, "GID-two@@@target").connect();
                Device sender = node.device(instance, "GID_Test@@@sender").connect()) {
            sender.publish(to(target), "for you", qos);

            Delivery delivery = target.next();
            assertThat(delivery.topic()).isEqualTo("news/p2p/GID-two@@@target");
            assertThat(delivery.body()).isEqualTo("for you");
            assertThat(delivery.qos()).isEqualTo(qos);
        }
    }

    @ParameterizedTest
    @CsvSource({"addressed, true", "addressed, false", "fleet, true", "fleet, false"})
    void clientThatAlsoSubscribesGetsItOnce(String instance, boolean persistent) {
        Device target = node.device(instance, "GID-two@@@twice" + persistent);
        try (target;
                Device sender = node.device(instance, "GID_Test@@@sender").connect()) {
            if (persistent) {
                target.persistent();
            }
            target.connect();
            assertThat(target.subscribe(1, List.of(to(target), "news/p2p/#", "news/+/" + target.clientId(), "news/#")))
                    .containsExactly(1, 1, 1, 1);
            for (int qos = 0; qos < 3; qos++) {
                sender.publish(to(target), "once" + qos, qos);
                assertThat(target.next().body()).isEqualTo("once" + qos);
            }
            sender.publish("news/end", "end", 1);
            assertThat(target.next().body()).isEqualTo("end");
        }
    }

    @ParameterizedTest // open by default, and apsara where it is switched off
    @ValueSource(strings = {"default", "plain"})
    void whereItIsOffTheTopicIsLikeOthers(String instance) {
        try (Device target = node.device(instance, "GID-two@@@plain").connect();
                Device spy = node.device(instance, "GID_Test@@@plainspy").connect();
                Device keeper = node.device(instance, "GID_Test@@@plainkeeper")
                        .persistent()
                        .connect()) {
            spy.subscribe(1, List.of("news/p2p/+", "news/+/GID-two@@@plain/#"));
            keeper.subscribe(1, List.of("news/#"));

            target.publish(to(target), "ordinary", 1);
            assertThat(spy.next().body()).isEqualTo("ordinary");
            assertThat(keeper.next().body()).isEqualTo("ordinary");

            target.subscribe("news/end", 1);
            spy.publish("news/end", "end", 1);
            assertThat(target.next().body()).isEqualTo("end");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OPEN, APSARA})
    void subscriptionsOfOthersDoNotSeeIt(String instance) {
        try (Device target = node.device(instance, "GID-two@@@private").connect();
                Device spy = node.device(instance, "GID_Test@@@spy").connect();
                Device keeper =
                        node.device(instance, "GID_Test@@@keeper").persistent().connect()) {
            List<String> filters = List.of("news/#", "news/p2p/+", to(target));
            spy.subscribe(1, filters);
            keeper.subscribe(1, filters);
            if (instance.equals(OPEN)) {
                spy.subscribe(1, List.of("#", "+/p2p/#"));
            }
            target.publish(to(target), "to myself", 1);
            assertThat(target.next().body()).isEqualTo("to myself");

            target.publish("news/all", "to all", 1);
            assertThat(spy.next().body()).isEqualTo("to all");
            assertThat(keeper.next().body()).isEqualTo("to all");
        }
    }

    @ParameterizedTest
    @CsvSource({
        // what is kept for an offline client: the QoS x cleanSession table without a subscription
        "addressed, true,  0, false",
        "addressed, true,  1, false",
        "addressed, true,  2, false",
        "addressed, false, 0, false",
        "addressed, false, 1, true",
        "addressed, false, 2, true",
        "fleet,   true,  1, false",
        "fleet,   true,  2, false",
        "fleet,   false, 0, true",
        "fleet,   false, 1, true",
        "fleet,   false, 2, false",
        "lifted,  false, 0, false",
        "lifted,  false, 2, true",
    })
    void offlineClientFindsItByTheTable(String instance, boolean clean, int qos, boolean kept) {
        Device target = node.device(instance, "GID-two@@@offline-" + clean + qos);
        try (target;
                Device sender = node.device(instance, "GID_Test@@@sender").connect()) {
            if (!clean) {
                target.persistent();
            }
            target.connect().disconnect();
            sender.publish(to(target), "while away", qos);

            target.connectAgain();
            if (kept) {
                Delivery delivery = target.next();
                assertThat(delivery.body()).isEqualTo("while away");
                assertThat(delivery.qos()).isEqualTo(qos);
                assertThat(delivery.topic()).isEqualTo(to(target));
            }
            sender.publish(to(target), "back", 1);
            assertThat(target.next().body()).isEqualTo("back");
        }
    }

    @Test
    void clientThatWasNeverThereGetsNothingLater() {
        try (Device target = node.device(APSARA, "GID_Test@@@later");
                Device sender = node.device(APSARA, "GID_Test@@@sender").connect()) {
            sender.publish(to(target), "too early", 1);

            target.persistent().connect();
            sender.publish(to(target), "now", 1);
            assertThat(target.next().body()).isEqualTo("now");
        }
    }

    @ParameterizedTest
    @CsvSource({"addressed, true", "addressed, false", "fleet, true", "fleet, false"})
    void orderWithOtherMessagesOfThePublisherIsKept(String instance, boolean persistent) {
        Device target = node.device(instance, "GID-two@@@order" + persistent);
        try (target;
                Device sender = node.device(instance, "GID_Test@@@sender").connect()) {
            if (persistent) {
                target.persistent();
            }
            target.connect();
            target.subscribe("news/all", 1);
            int messages = 200;
            for (int i = 0; i < messages; i++) {
                sender.publishOnly(i % 3 == 0 ? to(target) : "news/all", "n" + i, 1);
            }
            for (int i = 0; i < messages; i++) {
                assertThat(target.next().body()).isEqualTo("n" + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"fleet, fleet2", "fleet, addressed", "addressed, fleet"})
    void itDoesNotLeaveItsInstance(String from, String into) {
        try (Device abroad = node.device(into, "GID-two@@@namesake").connect();
                Device target = node.device(from, "GID-two@@@namesake").connect();
                Device sender = node.device(from, "GID_Test@@@sender").connect();
                Device native_ = node.device(into, "GID_Test@@@native").connect()) {
            sender.publish(to(target), "at home", 1);
            assertThat(target.next().body()).isEqualTo("at home");

            native_.publish(to(abroad), "abroad", 1);
            assertThat(abroad.next().body()).isEqualTo("abroad");
        }
    }

    @Test
    void clientIdWithSlashesIsReached() {
        try (Device target = node.device(OPEN, "house/7/door").connect();
                Device sender = node.device(OPEN, "sender").connect()) {
            sender.publish("news/p2p/house/7/door", "knock", 1);

            assertThat(target.next().topic()).isEqualTo("news/p2p/house/7/door");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"news/p2p", "news/p2p/", "/p2p/sub", "news/x/p2p/sub"})
    void topicThatNamesNobodyIsATopicLikeOthers(String topic) {
        try (Device subscriber = node.stranger("sub").connect();
                Device sender = node.stranger("sender").connect()) {
            subscriber.subscribe(topic, 1);
            sender.publish(topic, "plain", 1);

            assertThat(subscriber.next().topic()).isEqualTo(topic);
        }
    }

    @Test
    void controlApiReachesAClientToo() {
        try (Device target = node.device(APSARA, "GID-two@@@called").connect()) {
            var reply = node.api(
                    "POST",
                    "/instances/fleet/messages",
                    "{\"topic\": \"" + to(target) + "\", \"payload\": \"call\", \"qos\": 1}");

            assertThat(reply.status()).isEqualTo(200);
            assertThat(target.next().body()).isEqualTo("call");
        }
    }
}
