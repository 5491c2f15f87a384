package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.model.Device.Connack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second connection with a client ID in use: one setting, whose default depends on the mode. */
@ExtendWith(Model.Extension.class)
@SuppressWarnings("try") // a device that leaves early closes twice
class DuplicateClientIdIT {
    private final Model model;
    private final ModelNode node;

    DuplicateClientIdIT(Model model) {
        this.model = model;
        this.node = model.node();
    }

    @ParameterizedTest // [MQTT-3.1.4-2]; apsara mode where the setting says so
    @ValueSource(strings = {"default", "yielding"})
    void newConnectionTakesOverAndTheOldOnesWillIsPublished(String instance) {
        try (Device watcher = node.device(instance, "GID_Test@@@watcher").connect();
                Device old = node.device(instance, "GID_Test@@@taken")
                        .will("news/will")
                        .connect();
                Device next = node.device(instance, "GID_Test@@@taken")) {
            watcher.subscribe("news/will", 1);

            assertThat(next.tryConnect()).isEqualTo(new Connack(false, 0));

            old.awaitClose();
            model.awaitLine(old.clientId(), "clientId conflict");
            assertThat(watcher.next().body()).isEqualTo("gone");
            next.publish("news/will", "here", 1);
            assertThat(watcher.next().body()).isEqualTo("here");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "yielding"})
    void sessionGoesOverToTheNewConnection(String instance) {
        try (Device publisher = node.device(instance, "GID_Test@@@to").connect();
                Device old =
                        node.device(instance, "GID_Test@@@moved").persistent().connect();
                Device next = node.device(instance, "GID_Test@@@moved").persistent()) {
            old.subscribe("news/moved", 1);
            publisher.publish("news/moved", "unacknowledged", 1);
            assertThat(old.nextUnacknowledged().dup()).isFalse();

            assertThat(next.tryConnect()).isEqualTo(new Connack(true, 0));

            Device.Delivery again = next.next();
            assertThat(again.body()).isEqualTo("unacknowledged");
            assertThat(again.dup()).isTrue();
            publisher.publish("news/moved", "new", 1);
            assertThat(next.next().body()).isEqualTo("new");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fleet", "refusing"})
    void newConnectionIsRejectedAndTheOldOneKeepsItsClientId(String instance) {
        try (Device old = node.device(instance, "GID_Test@@@held").connect();
                Device next = node.device(instance, "GID_Test@@@held")) {
            old.subscribe("news/held", 1);

            assertThat(next.tryConnect()).isEqualTo(new Connack(false, 2));

            next.awaitClose();
            model.awaitLine(old.clientId(), "return code 2: clientId conflict: in use");
            old.publish("news/held", "still here", 1);
            assertThat(old.next().body()).isEqualTo("still here");

            old.disconnect();
            assertThat(next.connectAgain().present()).isFalse();
        }
    }

    @Test
    void holderThatWasSilentForLongerThanItsKeepAliveIsReplaced() {
        try (Device watcher = node.device("fleet", "GID_Test@@@watcher2").connect();
                Device silent = node.device("fleet", "GID_Test@@@silent")
                        .keepAlive(2)
                        .will("news/silent")
                        .connect();
                Device next = node.device("fleet", "GID_Test@@@silent")) {
            watcher.subscribe("news/silent", 1);

            next.connectAgain(); // refused until the keep-alive has passed

            silent.awaitClose();
            assertThat(watcher.next().body()).isEqualTo("gone");
        }
    }

    @Test
    void clientIdIsFreeAgainWhenItsConnectionBroke() {
        try (Device broken = node.device("fleet", "GID_Test@@@broken").connect();
                Device next = node.device("fleet", "GID_Test@@@broken")) {
            broken.close();

            assertThat(next.connectAgain()).isEqualTo(new Connack(false, 0));
        }
    }

    @Test
    void sameClientIdOfTwoInstancesIsNotADuplicate() {
        try (Device here = node.device("fleet", "GID_Test@@@both").connect();
                Device there = node.device("fleet2", "GID_Test@@@both").connect()) {
            here.ping();
            there.ping();
        }
    }
}
