package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.model.Device.Delivery;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a subscriber gets by its QoS and its cleanSession flag. Every message is published at QoS 2, so that the
 * subscription decides.
 *
 * <p>Columns: the instance ({@code default} is open mode, {@code fleet} apsara mode, the others lift one setting), QoS
 * of the subscription, cleanSession, whether a message is kept while the client is offline, and whether one comes again
 * that was sent and not acknowledged when the connection broke.
 */
@ExtendWith(Model.Extension.class)
@SuppressWarnings("try") // a device that leaves early closes twice
class QosTableIT {
    private final ModelNode node;

    QosTableIT(Model model) {
        this.node = model.node();
    }

    private Device subscriber(String instance, int qos, boolean clean, String what) {
        Device device = node.device(instance, "GID-two@@@" + what + qos + clean);
        return clean ? device.clean() : device.persistent();
    }

    @ParameterizedTest
    @CsvSource({
        "default, 0, true,  false, false",
        "default, 0, false, false, false",
        "default, 1, true,  false, false",
        "default, 1, false, true,  true",
        "default, 2, true,  false, false",
        "default, 2, false, true,  true",
        "fleet,   0, true,  false, false",
        "fleet,   0, false, true,  false",
        "fleet,   1, true,  false, false",
        "fleet,   1, false, true,  true",
        "fleet,   2, true,  false, false",
        "fleet,   2, false, false, false",
        "lifted,  0, false, false, false",
        "lifted,  2, false, true,  true",
        "keeping, 0, true,  false, false",
        "keeping, 0, false, true,  false",
    })
    void rowOfTheTableHolds(String instance, int qos, boolean clean, boolean kept, boolean repeated) {
        String topic = "news/" + qos + clean;
        try (Device publisher =
                node.device(instance, "GID_Test@@@publisher" + qos + clean).connect()) {
            online(publisher, subscriber(instance, qos, clean, "online"), topic + "/online", qos);
            offline(publisher, subscriber(instance, qos, clean, "offline"), topic + "/offline", qos, kept);
            broken(publisher, subscriber(instance, qos, clean, "broken"), topic + "/broken", qos, repeated);
        }
    }

    private static void online(Device publisher, Device subscriber, String topic, int qos) {
        try (subscriber) {
            subscriber.connect();
            assertThat(subscriber.subscribe(topic, qos)).isEqualTo(qos);
            for (int i = 0; i < 5; i++) {
                publisher.publish(topic, "n" + i, 2);
            }
            for (int i = 0; i < 5; i++) {
                Delivery delivery = subscriber.next();
                assertThat(delivery.body()).isEqualTo("n" + i);
                assertThat(delivery.qos()).isEqualTo(qos);
                assertThat(delivery.dup()).isFalse();
            }
            subscriber.unsubscribe(topic);
        }
    }

    private static void offline(Device publisher, Device subscriber, String topic, int qos, boolean kept) {
        try (subscriber) {
            subscriber.connect();
            subscriber.subscribe(topic, qos);
            subscriber.disconnect();
            publisher.publish(topic, "while away", 2);

            subscriber.connectAgain();
            if (kept) {
                Delivery delivery = subscriber.next();
                assertThat(delivery.body()).isEqualTo("while away");
                assertThat(delivery.qos()).isEqualTo(qos);
            }
            fence(publisher, subscriber, topic, qos);

            // Once, whether or not it was acknowledged in the connection before.
            subscriber.disconnect();
            subscriber.connectAgain();
            fence(publisher, subscriber, topic, qos);
        }
    }

    private static void broken(Device publisher, Device subscriber, String topic, int qos, boolean repeated) {
        try (subscriber) {
            subscriber.connect();
            subscriber.subscribe(topic, qos);
            publisher.publish(topic, "unacknowledged", 2);
            Delivery before = subscriber.nextUnacknowledged();
            subscriber.close();

            subscriber.connectAgain();
            if (repeated) {
                Delivery again = subscriber.next();
                assertThat(again.body()).isEqualTo("unacknowledged");
                assertThat(again.dup()).isTrue(); // [MQTT-3.3.1-1]
                assertThat(again.packetId()).isEqualTo(before.packetId()); // [MQTT-4.4.0-1]
            }
            fence(publisher, subscriber, topic, qos);
        }
    }

    /** The next message that comes is the one published now. */
    private static void fence(Device publisher, Device subscriber, String topic, int qos) {
        subscriber.subscribe(topic, qos); // where the session did not keep it
        publisher.publish(topic, "fence", 2);
        assertThat(subscriber.next().body()).isEqualTo("fence");
    }

    @ParameterizedTest // [MQTT-4.3.3-2]
    @CsvSource({"default", "lifted"})
    void exactlyOnceHoldsOverABrokenConnectionAtEveryStep(String instance) {
        String topic = "news/steps";
        try (Device publisher = node.device(instance, "GID_Test@@@steps").connect();
                Device subscriber =
                        node.device(instance, "GID-two@@@steps").persistent().connect()) {
            subscriber.subscribe(topic, 2);
            publisher.publish(topic, "one", 2);
            Delivery first = subscriber.nextUnacknowledged();
            subscriber.received(first);
            subscriber.awaitRelease(first);
            subscriber.close();

            subscriber.connectAgain();
            subscriber.releasedTo(first.packetId()); // PUBREL again, and no PUBLISH
            publisher.publish(topic, "two", 2);
            assertThat(subscriber.next().body()).isEqualTo("two");

            subscriber.disconnect();
            subscriber.connectAgain();
            publisher.publish(topic, "three", 2);
            assertThat(subscriber.next().body()).isEqualTo("three");
        }
    }

    @ParameterizedTest
    @CsvSource({"default, 2", "fleet, 1"})
    void manyMessagesOfAnAbsenceComeInOrderAndOnce(String instance, int qos) {
        String topic = "news/many";
        int messages = 700;
        try (Device publisher = node.device(instance, "GID_Test@@@many").connect();
                Device subscriber =
                        node.device(instance, "GID-two@@@many").persistent().connect()) {
            subscriber.subscribe(topic, qos);
            subscriber.disconnect();
            for (int i = 0; i < messages; i++) {
                publisher.publishOnly(topic, "n" + i, 1);
            }
            publisher.ping();

            subscriber.connectAgain();
            for (int i = 0; i < messages; i++) {
                assertThat(subscriber.next().body()).isEqualTo("n" + i);
            }
            fence(publisher, subscriber, topic, qos);
        }
    }
}
