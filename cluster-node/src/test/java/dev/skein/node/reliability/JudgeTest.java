package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.History.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge finds each kind of broken promise in a history that was written by hand. */
class JudgeTest {
    private static final String SESSION = "s";
    private static final String FILTER = "k/#";

    private final History history = new History();

    private static Sent message(long number, int qos) {
        return new Sent("p", number, "k/a", qos, false, 24);
    }

    private static Sent retained(long number, int size) {
        return new Sent("p", number, "r/a", 1, true, size);
    }

    private void subscribed() {
        history.add(Kind.CONNECTED, SESSION, "", 0);
        history.add(Kind.SUBSCRIBE, SESSION, FILTER, 2);
        history.add(Kind.SUBACKED, SESSION, FILTER, 2);
    }

    private Sent acknowledged(Sent message) {
        history.sent(message);
        history.acknowledged(message);
        return message;
    }

    private void delivered(Sent message, int qos) {
        delivered(SESSION, message, qos, false, false);
    }

    private void delivered(String client, Sent message, int qos, boolean retain, boolean again) {
        history.delivered(
                client, new TestClient.Delivery(message.topic(), message.body(), qos, false, retain, 1, 1), again);
    }

    private void requireOnly(String... violations) {
        assertThat(Judge.verdict(history.events()).violations())
                .hasSize(violations.length)
                .zipSatisfy(
                        List.of(violations),
                        (found, expected) -> assertThat(found).contains(expected));
    }

    @Test
    void nothingIsWrongWhenEverythingArrives() {
        subscribed();
        delivered(acknowledged(message(1, 1)), 1);
        delivered(acknowledged(message(2, 2)), 2);
        requireOnly();
    }

    @Test
    void acknowledgedMessageThatDoesNotArriveIsLost() {
        subscribed();
        acknowledged(message(1, 1));
        requireOnly("never got");
        assertThat(Judge.verdict(history.events()).lost()).isEqualTo(1);
    }

    @Test
    void messageWithoutAcknowledgementMayBeLost() {
        subscribed();
        history.sent(message(1, 1));
        requireOnly();
    }

    @Test
    void messageBeforeTheSubscriptionNeedNotArrive() {
        acknowledged(message(1, 1));
        subscribed();
        requireOnly();
    }

    @Test
    void messageAfterTheSubscriptionWasGivenUpNeedNotArrive() {
        subscribed();
        history.add(Kind.UNSUBSCRIBE, SESSION, FILTER, 0);
        acknowledged(message(1, 1));
        requireOnly();
    }

    @Test
    void messageAfterUnsubackMustNotArrive() {
        subscribed();
        history.add(Kind.UNSUBSCRIBE, SESSION, FILTER, 0);
        history.add(Kind.UNSUBACKED, SESSION, FILTER, 0);
        delivered(acknowledged(message(1, 1)), 1);
        requireOnly("without a subscription that brings it");
    }

    @Test
    void messageOutOfOrderIsFound() {
        subscribed();
        Sent first = acknowledged(message(1, 1));
        delivered(acknowledged(message(2, 1)), 1);
        delivered(first, 1);
        requireOnly("after number 2");
    }

    @Test
    void repeatAtQos1IsCountedAndAllowed() {
        subscribed();
        Sent first = acknowledged(message(1, 1));
        delivered(first, 1);
        delivered(acknowledged(message(2, 1)), 1);
        delivered(first, 1);
        requireOnly();
        assertThat(Judge.verdict(history.events()).repeats()).isEqualTo(1);
    }

    @Test
    void repeatAtQos2IsFound() {
        subscribed();
        Sent first = acknowledged(message(1, 2));
        delivered(first, 2);
        delivered(first, 2);
        requireOnly("twice at QoS 2");
    }

    @Test
    void repeatOfAPacketThatIsNotReleasedIsNoSecondDelivery() {
        subscribed();
        Sent first = acknowledged(message(1, 2));
        delivered(first, 2);
        delivered(SESSION, first, 2, false, true);
        requireOnly();
    }

    @Test
    void deliveryAtAnotherQosIsFound() {
        subscribed();
        delivered(acknowledged(message(1, 2)), 1);
        requireOnly("at QoS 1");
    }

    @Test
    void messageThatNobodySentIsFound() {
        subscribed();
        delivered(message(7, 1), 1);
        requireOnly("what nobody sent");
    }

    @Test
    void changedBodyIsFound() {
        subscribed();
        Sent sent = acknowledged(message(1, 1));
        delivered(sent, 1);
        history.delivered(
                SESSION, new TestClient.Delivery(sent.topic(), sent.body() + "x", 1, false, false, 1, 1), false);
        requireOnly("what nobody sent");
    }

    @Test
    void sessionThatIsGoneIsFound() {
        history.add(Kind.CONNECTED, SESSION, "", 0);
        history.add(Kind.CONNECTED, SESSION, "", 0);
        requireOnly("is gone");
    }

    @Test
    void retainedMessageOlderThanTheLastAcknowledgedIsFound() {
        Sent old = acknowledged(retained(1, 24));
        acknowledged(retained(2, 24));
        history.add(Kind.OBSERVE, "o", "", 0);
        delivered("o", old, 1, true, false);
        history.add(Kind.OBSERVED, "o", "", 0);
        requireOnly("older than");
    }

    @Test
    void retainedMessageThatIsMissingIsFound() {
        acknowledged(retained(1, 24));
        history.add(Kind.OBSERVE, "o", "", 0);
        history.add(Kind.OBSERVED, "o", "", 0);
        requireOnly("found nothing retained");
    }

    @Test
    void retainedMessageThatWasTakenAwayIsNotMissing() {
        acknowledged(retained(1, 24));
        acknowledged(retained(2, 0));
        history.add(Kind.OBSERVE, "o", "", 0);
        history.add(Kind.OBSERVED, "o", "", 0);
        requireOnly();
    }

    @Test
    void newerRetainedMessageThanTheLastAcknowledgedIsRight() {
        acknowledged(retained(1, 24));
        Sent newer = retained(2, 24);
        history.sent(newer);
        history.add(Kind.OBSERVE, "o", "", 0);
        delivered("o", newer, 1, true, false);
        history.add(Kind.OBSERVED, "o", "", 0);
        requireOnly();
    }
}
