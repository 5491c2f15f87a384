package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules by user, group and client ID, and what a refusal gets: apsara mode closes, open mode does as MQTT says. */
@ExtendWith(Model.Extension.class)
class PermissionsIT {
    private static final String APSARA = "guarded";
    private static final int SUBACK_FAILURE = 0x80;

    private final Model model;
    private final ModelNode node;

    PermissionsIT(Model model) {
        this.model = model;
        this.node = model.node();
    }

    private Device user(String name, String instance, String clientId) {
        return node.stranger(clientId).login(name + "@" + instance, "secret").connect();
    }

    @ParameterizedTest
    @ValueSource(strings = {APSARA, "ruled"})
    void ruleOfAUserPutsItsNameIn(String instance) {
        try (Device ann = user("ann", instance, "GID_Test@@@ann");
                Device bob = user("bob", instance, "GID_Test@@@bob")) {
            assertThat(bob.subscribe("news/by/+/x", 1)).isEqualTo(1);
            ann.publish("news/by/ann/x", "mine", 1);
            assertThat(bob.next().body()).isEqualTo("mine");

            refusedPublish(instance, ann, "news/by/bob/x");
            refusedPublish(instance, bob, "news/by/bob/x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {APSARA, "ruled"})
    void ruleOfAGroupPutsTheClientIdIn(String instance) {
        try (Device own = node.device(instance, "GID-two@@@own").connect();
                Device other = node.device(instance, "GID_Test@@@other").connect()) {
            assertThat(own.subscribe("devices/GID-two@@@own/#", 1)).isEqualTo(1);
            own.publish("devices/GID-two@@@own/a", "own", 1);
            assertThat(own.next().body()).isEqualTo("own");

            refusedPublish(instance, own, "devices/GID-two@@@else/a");
            refusedPublish(instance, other, "devices/GID_Test@@@other/a");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {APSARA, "ruled"})
    void ruleOfAClientIsForThatClientOnly(String instance) {
        try (Device only = node.device(instance, "GID_Test@@@only").connect();
                Device ann = user("ann", instance, "GID_Test@@@ann2")) {
            ann.subscribe("news/only", 1);
            only.publish("news/only", "told", 1);
            assertThat(ann.next().body()).isEqualTo("told");

            refusedPublish(instance, ann, "news/only");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "guarded, news/secret/a",
        "guarded, news/+/#",
        "guarded, devices/#",
        "ruled, news/secret/a",
        "ruled, news/#",
        "ruled, #",
        "ruled, devices/+/x"
    })
    void subscriptionThatReachesWhatIsDeniedIsRefused(String instance, String filter) {
        try (Device ann = user("ann", instance, "GID_Test@@@ann3")) {
            if (instance.equals(APSARA)) {
                ann.subscribeAndBeClosed(filter);
                model.awaitLine(ann.clientId(), ": topic auth failed: subscribe to: " + filter);
            } else {
                assertThat(ann.subscribe(filter, 1)).isEqualTo(SUBACK_FAILURE); // [MQTT-3.9.3-2]
                model.awaitLine(ann.clientId(), "subscription refused: subscribe to: " + filter);
            }
        }
    }

    @Test
    void wrongPasswordIsRefused() {
        try (Device ann = node.stranger("GID_Test@@@ann4").login("ann@guarded", "guess")) {
            assertThat(ann.tryConnect().code()).isEqualTo(4);
        }
    }

    @ParameterizedTest // a will is a publish, and is looked at when there is still somebody to tell
    @CsvSource({"guarded, olds/a", "guarded, news/secret/a", "ruled, news/secret/a"})
    void willThatMayNotBePublishedRefusesTheConnection(String instance, String topic) {
        try (Device ann = node.stranger("GID_Test@@@ann5")
                .login("ann@" + instance, "secret")
                .will(topic)) {
            assertThat(ann.tryConnect().code()).isEqualTo(5);
            ann.awaitClose();
            model.awaitLine(ann.clientId(), "will: ");
        }
    }

    private void refusedPublish(String instance, Device device, String topic) {
        if (instance.equals(APSARA)) {
            device.publishOnly(topic, "no", 1);
            device.awaitClose();
            model.awaitLine(device.clientId(), ": topic auth failed: publish to: " + topic);
        } else {
            device.publish(topic, "no", 1); // [MQTT-3.3.5-2]
            device.publish(topic, "no", 2);
            model.awaitLine(device.clientId(), "publish dropped: publish to: " + topic);
        }
    }
}
