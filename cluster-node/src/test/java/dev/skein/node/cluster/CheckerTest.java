package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories made by hand, with and without one thing that is wrong. */
class CheckerTest {
    private static final int PUBLISHER = 1;
    private static final int SUBSCRIBER = 2;
    private static final int DUP = Event.flags(0, false, true, false);
    private static final int AGAIN = Event.flags(0, false, false, true);

    private final List<Event> events = new ArrayList<>();
    private double seconds;
    private long number;

    @BeforeEach
    void aPublisherIsConnected() {
        connect("p", PUBLISHER, false);
    }

    private void write(Kind kind, String client, int connection, Sent message, String subject, int value) {
        events.add(new Event((long) (seconds * 1e9), kind, client, connection, message, subject, value));
        seconds += 0.001;
    }

    private void write(Kind kind, String client, int connection, String subject, int value) {
        events.add(new Event((long) (seconds * 1e9), kind, client, connection, null, subject, value));
        seconds += 0.001;
    }

    private void connect(String client, int connection, boolean clean) {
        connect(client, connection, clean, false);
    }

    private void connect(String client, int connection, boolean clean, boolean present) {
        write(Kind.CONNECT, client, connection, "n1", clean ? 1 : 0);
        write(Kind.CONNECTED, client, connection, "n1", present ? 1 : 0);
    }

    private void subscribe(String filter, int qos) {
        write(Kind.SUBSCRIBE, "s", SUBSCRIBER, filter, qos);
        write(Kind.SUBACKED, "s", SUBSCRIBER, filter, qos);
    }

    private void subscribed(boolean clean, int qos) {
        connect("s", SUBSCRIBER, clean);
        subscribe("a/#", qos);
    }

    private Sent send(int qos) {
        Sent message = new Sent("p", ++number, "a/b", qos, false, 20);
        write(Kind.SENT, "p", PUBLISHER, message, "", qos);
        return message;
    }

    private Sent publish(int qos) {
        Sent message = send(qos);
        write(Kind.ACKNOWLEDGED, "p", PUBLISHER, message, "", qos);
        return message;
    }

    private void deliver(Sent message, int flags) {
        deliver(SUBSCRIBER, message, flags);
    }

    private void deliver(int connection, Sent message, int flags) {
        write(Kind.DELIVERED, "s", connection, message, "", flags);
    }

    private Verdict verdict() {
        return Checker.verdict(events);
    }

    private void requireOnly(Rule rule) {
        assertThat(verdict().all()).extracting(Verdict.Violation::rule).containsExactly(rule);
    }

    private void requireNone() {
        assertThat(verdict().shown()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void faithfulHistoryIsNotComplainedAbout(boolean clean) {
        subscribed(clean, 2);
        for (int qos : List.of(0, 1, 2, 1)) {
            Sent message = publish(qos);
            deliver(message, qos);
        }
        write(Kind.PONG, "s", SUBSCRIBER, "", 0);
        requireNone();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void acknowledgedAndNeverDeliveredToPersistentSession(int qos) {
        subscribed(false, 2);
        publish(qos);
        write(Kind.CLOSED, "s", SUBSCRIBER, "", 0);
        requireOnly(Rule.LOST);
    }

    @Test
    void whatWasNotAcknowledgedMayBeLost() {
        subscribed(false, 2);
        send(1);
        requireNone();
    }

    @Test
    void whatWasSentBeforeSubackMayBeLost() {
        connect("s", SUBSCRIBER, false);
        write(Kind.SUBSCRIBE, "s", SUBSCRIBER, "a/#", 1);
        Sent message = send(1);
        write(Kind.SUBACKED, "s", SUBSCRIBER, "a/#", 1);
        write(Kind.ACKNOWLEDGED, "p", PUBLISHER, message, "", 1);
        requireNone();
    }

    @Test
    void whatIsAcknowledgedAfterUnsubscribeMayBeLost() {
        subscribed(false, 2);
        Sent message = send(1);
        write(Kind.UNSUBSCRIBE, "s", SUBSCRIBER, "a/#", 0);
        write(Kind.ACKNOWLEDGED, "p", PUBLISHER, message, "", 1);
        requireNone();
    }

    @Test
    void persistentSubscriptionLastsOverConnections() {
        subscribed(false, 1);
        write(Kind.CLOSED, "s", SUBSCRIBER, "", 0);
        publish(1);
        connect("s", 3, false, true);
        requireOnly(Rule.LOST);
    }

    @Test
    void acknowledgedAndNeverDeliveredToLiveSession() {
        subscribed(true, 1);
        Sent first = publish(1);
        deliver(first, 1);
        publish(1);
        requireOnly(Rule.LOST_LIVE);
    }

    @Test
    void subackThatWasNotTrue() {
        subscribed(true, 1);
        publish(1);
        requireOnly(Rule.SUBACK_UNTRUE);
    }

    @Test
    void cleanSessionThatIsGoneMissesNothing() {
        subscribed(true, 1);
        publish(1);
        seconds += 10;
        write(Kind.CLOSED, "s", SUBSCRIBER, "", 0);
        requireNone();
    }

    @Test
    void cleanSessionThatStayedForLongHadToGetIt() {
        subscribed(true, 1);
        publish(1);
        seconds += 40;
        write(Kind.CLOSED, "s", SUBSCRIBER, "", 0);
        requireOnly(Rule.SUBACK_UNTRUE);
    }

    @Test
    void qos0MayBeLost() {
        subscribed(true, 0);
        publish(1);
        requireNone();
    }

    @Test
    void twiceAtQos2() {
        subscribed(false, 2);
        Sent message = publish(2);
        deliver(message, 2);
        connect("s", 3, false, true);
        deliver(3, message, 2 | DUP);
        requireOnly(Rule.TWICE_AT_QOS_2);
    }

    @Test
    void retransmissionAtQos2IsNoSecondDelivery() {
        subscribed(false, 2);
        Sent message = publish(2);
        deliver(message, 2);
        connect("s", 3, false, true);
        deliver(3, message, 2 | DUP | AGAIN);
        requireNone();
    }

    @Test
    void twiceAtQos1InOneConnection() {
        subscribed(false, 1);
        Sent message = publish(1);
        deliver(message, 1);
        deliver(message, 1);
        requireOnly(Rule.TWICE_AT_QOS_1);
        assertThat(verdict().repeats()).hasSize(1);
    }

    @Test
    void twiceAtQos1IsAllowedWithDupOverConnectionsOrWhenSentTwice() {
        subscribed(false, 1);
        Sent message = publish(1);
        deliver(message, 1);
        deliver(message, 1 | DUP);
        connect("s", 3, false, true);
        deliver(3, message, 1);
        Sent twice = send(1);
        write(Kind.RESENT, "p", PUBLISHER, twice, "", 1);
        write(Kind.ACKNOWLEDGED, "p", PUBLISHER, twice, "", 1);
        deliver(3, twice, 1);
        deliver(3, twice, 1);
        requireNone();
        assertThat(verdict().repeats()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void outOfOrder(int qos) {
        subscribed(true, 2);
        Sent first = publish(qos);
        Sent second = publish(qos);
        deliver(second, qos);
        deliver(first, qos);
        requireOnly(Rule.ORDER);
    }

    @Test
    void orderIsThatOfOneQosAndOneConnectionOfThePublisher() {
        subscribed(false, 2);
        Sent first = publish(1);
        Sent other = publish(2);
        deliver(other, 2);
        connect("p", 5, false, true);
        Sent later = new Sent("p", ++number, "a/b", 1, false, 20);
        write(Kind.SENT, "p", 5, later, "", 1);
        deliver(later, 1);
        deliver(first, 1);
        requireNone();
    }

    @Test
    void orderAtQos0IsThatOfOneConnectionOfTheSubscriber() {
        subscribed(false, 2);
        Sent first = publish(0);
        Sent second = publish(0);
        deliver(second, 0);
        write(Kind.CLOSED, "s", SUBSCRIBER, "", 0);
        connect("s", 5, false, true);
        deliver(5, first, 0);
        requireNone();
    }

    @Test
    void aSecondCopyAtQos2MayComeLateToAClientThatSubscribedBetweenTheTwo() {
        connect("s", SUBSCRIBER, true);
        Sent first = send(2);
        subscribe("a/#", 2);
        deliver(publish(2), 2);
        write(Kind.RESENT, "p", PUBLISHER, first, "", 2);
        deliver(first, 2);
        requireNone();
    }

    @Test
    void aSecondCopyAtQos2DoesNotComeLateToAClientThatHadSubscribed() {
        subscribed(true, 2);
        Sent first = send(2);
        deliver(publish(2), 2);
        write(Kind.RESENT, "p", PUBLISHER, first, "", 2);
        deliver(first, 2);
        requireOnly(Rule.ORDER);
    }

    @Test
    void repeatDoesNotBreakTheOrder() {
        subscribed(false, 1);
        Sent first = publish(1);
        Sent second = publish(1);
        deliver(first, 1);
        deliver(second, 1);
        deliver(first, 1 | DUP);
        requireNone();
    }

    @Test
    void publishedAfterUnsuback() {
        subscribed(true, 1);
        write(Kind.UNSUBSCRIBE, "s", SUBSCRIBER, "a/#", 0);
        write(Kind.UNSUBACKED, "s", SUBSCRIBER, "a/#", 0);
        deliver(publish(1), 1);
        requireOnly(Rule.AFTER_UNSUBACK);
    }

    @Test
    void publishedBeforeUnsubackMayStillCome() {
        subscribed(true, 1);
        write(Kind.UNSUBSCRIBE, "s", SUBSCRIBER, "a/#", 0);
        Sent message = publish(1);
        write(Kind.UNSUBACKED, "s", SUBSCRIBER, "a/#", 0);
        deliver(message, 1);
        requireNone();
    }

    @Test
    void withoutSubscription() {
        connect("s", SUBSCRIBER, true);
        deliver(publish(1), 1);
        requireOnly(Rule.NOT_SUBSCRIBED);
    }

    @Test
    void whatIsForOneClientReachesNoOther() {
        subscribed(true, 1);
        Sent message = new Sent("p", 1, "a/p2p/other", 1, false, 20);
        write(Kind.SENT, "p", PUBLISHER, message, "", 1);
        write(Kind.ACKNOWLEDGED, "p", PUBLISHER, message, "", 1);
        requireNone();
        deliver(message, 1);
        requireOnly(Rule.NOT_SUBSCRIBED);
    }

    @Test
    void wrongQos() {
        subscribed(true, 1);
        deliver(publish(2), 2);
        requireOnly(Rule.WRONG_QOS);
    }

    @Test
    void refusedSubscription() {
        connect("s", SUBSCRIBER, true);
        write(Kind.SUBSCRIBE, "s", SUBSCRIBER, "a/#", 1);
        write(Kind.SUBACKED, "s", SUBSCRIBER, "a/#", 0x80);
        requireOnly(Rule.REFUSED);
    }

    @Test
    void sessionThatIsGone() {
        connect("s", 2, false);
        write(Kind.CLOSED, "s", 2, "", 0);
        connect("s", 3, false, false);
        requireOnly(Rule.SESSION_GONE);
    }

    @Test
    void whatNobodySent() {
        write(Kind.STRANGE, "s", SUBSCRIBER, "a/b x", 0);
        requireOnly(Rule.STRANGE);
    }

    @Test
    void twoLiveConnectionsOfOneClient() {
        connect("t", 10, true);
        connect("t", 11, true);
        seconds += 6;
        write(Kind.PONG, "t", 10, "", 0);
        write(Kind.PONG, "t", 11, "", 0);
        requireOnly(Rule.TWO_LIVE);
    }

    @Test
    void olderConnectionMayLingerForAMoment() {
        connect("t", 10, true);
        connect("t", 11, true);
        seconds += 4;
        write(Kind.PONG, "t", 10, "", 0);
        seconds += 4;
        write(Kind.PONG, "t", 11, "", 0);
        requireNone();
    }

    @Test
    void olderConnectionOnTheWrongSideOfAFaultMayLingerForABoundedTime() {
        connect("t", 10, true);
        write(Kind.FAULT, "cluster", 0, "ISOLATE n1", 0);
        connect("t", 11, true);
        seconds += 20;
        write(Kind.PONG, "t", 10, "", 0);
        write(Kind.PONG, "t", 11, "", 0);
        requireNone();
        seconds += 20;
        write(Kind.PONG, "t", 10, "", 0);
        requireOnly(Rule.TWO_LIVE);
    }

    private Sent will(boolean watched) {
        connect("s", SUBSCRIBER, false);
        if (watched) {
            subscribe("w/#", 2);
        }
        write(Kind.CONNECT, "w", 20, "n1", 1);
        Sent will = new Sent("w", 20, "w/w", 2, false, 20);
        write(Kind.WILL, "w", 20, will, "", 2);
        write(Kind.CONNECTED, "w", 20, "n1", 0);
        return will;
    }

    @Test
    void willIsPublishedOnce() {
        Sent will = will(true);
        write(Kind.CLOSED, "w", 20, "", 0);
        deliver(will, 2);
        requireNone();
    }

    @Test
    void willThatIsLost() {
        will(true);
        write(Kind.CLOSED, "w", 20, "", 0);
        requireOnly(Rule.WILL_LOST);
    }

    @Test
    void willThatNobodyWatches() {
        will(false);
        write(Kind.CLOSED, "w", 20, "", 0);
        requireNone();
    }

    @Test
    void willThatIsPublishedTwice() {
        Sent will = will(true);
        write(Kind.CUT, "w", 20, "", 0);
        write(Kind.CLOSED, "w", 20, "", 0);
        deliver(will, 2);
        deliver(will, 2);
        requireOnly(Rule.WILL_TWICE);
    }

    @Test
    void willThatIsPublishedAfterDisconnect() {
        Sent will = will(true);
        write(Kind.DISCONNECT, "w", 20, "", 0);
        write(Kind.CLOSED, "w", 20, "", 0);
        deliver(will, 2);
        requireOnly(Rule.WILL_UNASKED);
    }

    @Test
    void willThatIsPublishedWhileItsClientIsConnected() {
        Sent will = will(true);
        deliver(will, 2);
        requireOnly(Rule.WILL_UNASKED);
    }

    @Test
    void disconnectThatAFaultSwallowedLeavesTheWillOpen() {
        Sent will = will(true);
        write(Kind.FAULT, "cluster", 0, "KILL n1", 0);
        write(Kind.DISCONNECT, "w", 20, "", 0);
        write(Kind.CLOSED, "w", 20, "", 0);
        deliver(will, 2);
        requireNone();
    }

    @Test
    void whatComesAfterTheEndDoesNotCount() {
        Sent will = will(true);
        write(Kind.END, "cluster", 0, "", 0);
        write(Kind.CLOSED, "w", 20, "", 0);
        deliver(will, 2);
        requireNone();
    }
}
