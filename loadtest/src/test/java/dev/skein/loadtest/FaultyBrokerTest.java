package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.TinyBroker.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks see what a bad broker does. */
class FaultyBrokerTest {
    private static final String SHORT = " --warmup 100ms --duration 1s --drain 1s";

    private static Outcome run(Fault fault, String arguments) {
        try (TinyBroker broker = TinyBroker.start(fault)) {
            return Outcome.against(broker, arguments + SHORT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void lossFailsTheRunAtQos1And2(int qos) {
        Outcome outcome = run(Fault.LOSES, "pair --pairs 2 --qos " + qos);

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("lost")).isPositive();
        assertThat(outcome.check("lost") + outcome.check("delivered")).isEqualTo(outcome.check("sent"));
        assertThat(outcome.check("duplicates")).isZero();
        assertThat(outcome.check("orderBreaks")).isZero();
        assertThat(outcome.err()).contains("FAILED", "(expected: 0 at QoS " + qos + ")");
    }

    @Test
    void lossAtQos0IsCountedAndAllowed() {
        Outcome outcome = run(Fault.LOSES, "pair --pairs 2");

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.check("lost")).isPositive();
    }

    @Test
    void windowReopensWhenItsOnlyMessageWasLost() {
        try (TinyBroker broker = TinyBroker.start(Fault.LOSES)) {
            Outcome outcome = Outcome.against(broker, "pair --pairs 1 --window 1 --warmup 0s --duration 3s --drain 1s");

            assertThat(outcome.check("stalls")).isPositive();
            assertThat(outcome.check("sent")).isGreaterThan(10);
        }
    }

    @Test
    void duplicatesFailTheRunAtQos2Alone() {
        Outcome atQos1 = run(Fault.DUPLICATES, "fan-in --publishers 3 --qos 1");
        Outcome atQos2 = run(Fault.DUPLICATES, "fan-in --publishers 3 --qos 2");

        assertThat(atQos1.exit()).as(atQos1.err()).isZero();
        assertThat(atQos1.check("duplicates")).isPositive();
        assertThat(atQos2.exit()).isEqualTo(1);
        assertThat(atQos2.check("duplicates")).isPositive();
        assertThat(atQos2.check("lost")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void orderBreaksFailTheRunAtEveryQos(int qos) {
        Outcome outcome = run(Fault.REORDERS, "fan-out --subscribers 3 --qos " + qos);

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("orderBreaks")).isPositive();
        assertThat(outcome.check("duplicates")).isZero();
        assertThat(outcome.err()).contains("order breaks: ");
    }

    @Test
    void changedBodiesFailTheRun() {
        Outcome outcome = run(Fault.TRUNCATES, "pair --pairs 1");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("violations")).isPositive();
    }

    @Test
    void lostConnectionsFailTheRun() {
        Outcome outcome = run(Fault.DISCONNECTS, "pair --pairs 2");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.json().path("connections").path("lost").asInt()).isEqualTo(2);
        assertThat(outcome.err()).contains("closed by the broker");
    }

    @Test
    void missingAcknowledgementsFailTheRun() {
        Outcome outcome = run(Fault.KEEPS_ACKNOWLEDGEMENTS, "pair --pairs 1 --qos 1 --window 5");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("sent")).isEqualTo(5);
        assertThat(outcome.check("unacknowledged")).isEqualTo(5);
    }

    @Test
    void acknowledgementsForNothingFailTheRun() {
        Outcome outcome = run(Fault.ACKNOWLEDGES_TWICE, "pair --pairs 1 --qos 1");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("violations")).isPositive();
    }

    @Test
    void refusedConnectionsAreNamed() {
        Outcome outcome = run(Fault.REFUSES_CONNECT, "pair --pairs 1");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("refused: CONNACK 5 (not authorised)");
    }

    @Test
    void refusedSubscriptionsAreNamed() {
        Outcome outcome = run(Fault.REFUSES_SUBSCRIBE, "pair --pairs 1");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("SUBSCRIBE refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--user-properties 3", "--message-expiry 60"})
    void missingPropertiesFailTheRun(String asked) {
        Outcome outcome = run(Fault.DROPS_PROPERTIES, "pair --pairs 1 --mqtt-version 5 " + asked);

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("violations")).isPositive();
    }

    @Test
    void reasonOfTheBrokersDisconnectIsNamed() {
        Outcome outcome = run(Fault.SAYS_DISCONNECT, "pair --pairs 1 --mqtt-version 5");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("DISCONNECT by the broker: reason code 0x8e");
    }

    @Test
    void lossInAGroupFailsTheRun() {
        Outcome outcome = run(Fault.LOSES, "fan-out --subscribers 3 --share g --qos 1");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("lost")).isPositive();
        assertThat(outcome.check("lost") + outcome.check("delivered")).isEqualTo(outcome.check("sent"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void messageThatTwoMembersGetFailsTheRun(int qos) {
        Outcome outcome = run(Fault.DUPLICATES, "fan-out --subscribers 3 --share g --qos " + qos);

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.check("duplicates")).isPositive();
        assertThat(outcome.check("lost")).isZero();
    }

    @Test
    void brokerThatIsNotThereIsNamed() {
        TinyBroker gone = TinyBroker.start(Fault.NONE);
        gone.close();

        Outcome outcome = Outcome.against(gone, "pair" + SHORT);

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("Connection refused");
    }
}
