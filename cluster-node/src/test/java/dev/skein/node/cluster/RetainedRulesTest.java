package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link CheckerTest}, of what fresh subscriptions find retained. */
class RetainedRulesTest {
    private static final String FILTER = "r/#";
    private static final int RETAIN = Event.flags(1, true, false, false);
    private static final int LIVE = Event.flags(1, false, false, false);

    private final List<Event> events = new ArrayList<>();
    private double seconds;
    private long number;
    private int publisher;
    private int reader = 100;

    @BeforeEach
    void aPublisherIsConnected() {
        publisherConnects(1);
    }

    private void publisherConnects(int connection) {
        publisher = connection;
        write(Kind.CONNECT, "p", connection, null, "n1", 1);
        write(Kind.CONNECTED, "p", connection, null, "n1", 0);
    }

    private void write(Kind kind, String client, int connection, @Nullable Sent message, String subject, int value) {
        events.add(new Event((long) (seconds * 1e9), kind, client, connection, message, subject, value));
        seconds += 0.001;
    }

    private Sent send(int qos, int size) {
        Sent message = new Sent("p", ++number, "r/t", qos, true, size);
        write(Kind.SENT, "p", publisher, message, "", qos);
        return message;
    }

    private void acknowledge(Sent message) {
        write(Kind.ACKNOWLEDGED, "p", publisher, message, "", message.qos());
    }

    private Sent set() {
        Sent message = send(1, 20);
        acknowledge(message);
        return message;
    }

    private Sent clear() {
        Sent message = send(1, 0);
        acknowledge(message);
        return message;
    }

    private void subscribe() {
        reader++;
        write(Kind.CONNECT, "s", reader, null, "n1", 1);
        write(Kind.CONNECTED, "s", reader, null, "n1", 0);
        write(Kind.SUBSCRIBE, "s", reader, null, FILTER, 1);
        write(Kind.SUBACKED, "s", reader, null, FILTER, 1);
    }

    private void find(Sent message) {
        write(Kind.DELIVERED, "s", reader, message, "", message.qos() == 0 ? RETAIN - 1 : RETAIN);
    }

    private void readAll(boolean atEnd) {
        write(Kind.READ, "s", reader, null, FILTER, atEnd ? 1 : 0);
        write(Kind.DISCONNECT, "s", reader, null, "", 0);
        write(Kind.CLOSED, "s", reader, null, "", 0);
    }

    private void reads(Sent... found) {
        subscribe();
        List.of(found).forEach(this::find);
        readAll(false);
    }

    private void readsAtEnd(Sent... found) {
        subscribe();
        List.of(found).forEach(this::find);
        readAll(true);
    }

    private void requireOnly(Rule rule) {
        assertThat(Checker.verdict(events).all())
                .extracting(Verdict.Violation::rule)
                .containsExactly(rule);
    }

    private void requireNone() {
        assertThat(Checker.verdict(events).shown()).isEmpty();
    }

    @Test
    void lastOneIsFound() {
        reads();
        set();
        Sent last = set();
        reads(last);
        clear();
        reads();
        Sent again = set();
        readsAtEnd(again);
        readsAtEnd(again);
        requireNone();
    }

    @Test
    void olderThanTheLastAcknowledged() {
        Sent first = set();
        set();
        reads(first);
        requireOnly(Rule.RETAINED_OLD);
    }

    @Test
    void olderOneWhileTheNewerIsNotAcknowledged() {
        Sent first = set();
        send(1, 20);
        reads(first);
        requireNone();
    }

    @Test
    void newerOneThatIsNotAcknowledged() {
        set();
        reads(send(1, 20));
        reads(send(0, 20));
        requireNone();
    }

    @Test
    void acknowledgedAfterSubscribeMayBeMissed() {
        Sent first = set();
        subscribe();
        set();
        find(first);
        readAll(false);
        requireNone();
    }

    @Test
    void clearedWithAcknowledgement() {
        Sent first = set();
        clear();
        reads(first);
        requireOnly(Rule.RETAINED_CLEARED);
    }

    @Test
    void clearedWithoutAcknowledgement() {
        Sent first = set();
        send(1, 0);
        reads(first);
        reads();
        requireNone();
    }

    @Test
    void nothingIsFound() {
        set();
        reads();
        requireOnly(Rule.RETAINED_MISSING);
    }

    @Test
    void nothingWasRetainedBefore() {
        subscribe();
        set();
        readAll(false);
        requireNone();
    }

    @Test
    void clearedWhileItIsRead() {
        set();
        subscribe();
        clear();
        readAll(false);
        requireNone();
    }

    @Test
    void whoDidNotWaitMayHaveFoundNothing() {
        set();
        subscribe();
        write(Kind.CLOSED, "s", reader, null, "", 0);
        requireNone();
    }

    @Test
    void somethingNewerCameBefore() {
        set();
        subscribe();
        Sent newer = set();
        write(Kind.DELIVERED, "s", reader, newer, "", LIVE);
        readAll(false);
        requireNone();
    }

    private void getLive(Sent message) {
        write(Kind.DELIVERED, "s", reader, message, "", LIVE);
    }

    private void unsubscribe() {
        write(Kind.UNSUBSCRIBE, "s", reader, null, FILTER, 0);
        write(Kind.UNSUBACKED, "s", reader, null, FILTER, 0);
    }

    @Test
    void retainedOneThatComesAfterALiveOneThatIsNewer() {
        Sent first = set();
        subscribe();
        Sent newer = set();
        getLive(newer);
        find(first);
        requireOnly(Rule.RETAINED_AFTER_LIVE);
    }

    @Test
    void retainedOneThatCameLiveBefore() {
        subscribe();
        Sent message = set();
        getLive(message);
        find(message);
        requireOnly(Rule.RETAINED_AFTER_LIVE);
    }

    @Test
    void retainedOneThatIsNewerThanTheLiveOne() {
        Sent first = set();
        Sent second = set();
        subscribe();
        getLive(first);
        find(second);
        requireNone();
    }

    @Test
    void liveOneThatComesAfterARetainedOneThatIsNewer() {
        Sent first = set();
        Sent second = set();
        subscribe();
        find(second);
        getLive(first);
        requireOnly(Rule.LIVE_BEHIND_RETAINED);
    }

    @Test
    void liveOneThatItsPublisherHasSentAgain() {
        Sent first = send(1, 20);
        Sent second = set();
        subscribe();
        publisherConnects(2);
        write(Kind.RESENT, "p", publisher, first, "", 1);
        find(second);
        getLive(first);
        requireNone();
    }

    @Test
    void whatWasAcknowledgedBeforeUnsubscribeWasNeverShown() {
        Sent first = set();
        Sent second = send(1, 20);
        subscribe();
        acknowledge(second);
        find(first);
        unsubscribe();
        requireOnly(Rule.LAST_VALUE_OLD);
    }

    @Test // [MQTT-3.10.4-2]
    void whatWasSentBeforeSubackNeedNotBeShownBeforeUnsubscribe() {
        Sent first = send(1, 20);
        subscribe();
        write(Kind.SUBACKED, "s", reader, null, FILTER, 1);
        acknowledge(first);
        unsubscribe();
        requireNone();
    }

    @Test
    void whatWasAcknowledgedAfterUnsubscribeNeedNotBeShown() {
        Sent first = set();
        subscribe();
        find(first);
        Sent second = send(1, 20);
        write(Kind.UNSUBSCRIBE, "s", reader, null, FILTER, 0);
        acknowledge(second);
        write(Kind.UNSUBACKED, "s", reader, null, FILTER, 0);
        requireNone();
    }

    @Test
    void whatWasShownLastIsTheNewest() {
        Sent first = set();
        subscribe();
        find(first);
        getLive(set());
        getLive(set());
        unsubscribe();
        requireNone();
    }

    @Test
    void duringAFaultTheLastValueMayBeMissed() {
        Sent first = set();
        Sent second = send(1, 20);
        subscribe();
        write(Kind.FAULT, "cluster", 0, null, "KILL n2", 0);
        acknowledge(second);
        find(first);
        unsubscribe();
        requireNone();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatWasLeftBehindUnacknowledgedMayTakeEffectLate(int qos) {
        Sent leftBehind = send(qos, 20);
        publisherConnects(2);
        set();
        reads(leftBehind);
        requireNone();
    }

    @Test
    void whatWasLeftBehindMayTakeTheNewerOneAway() {
        send(0, 0);
        publisherConnects(2);
        set();
        reads();
        requireNone();
    }

    @Test
    void whatWasLeftBehindTakesNoEffectForEver() {
        Sent leftBehind = send(1, 20);
        publisherConnects(2);
        seconds += 100;
        set();
        reads(leftBehind);
        requireOnly(Rule.RETAINED_OLD);
    }

    @Test
    void whatWasSentAgainAndAcknowledgedTakesNoEffectLate() {
        Sent again = send(1, 20);
        publisherConnects(2);
        write(Kind.RESENT, "p", publisher, again, "", 1);
        acknowledge(again);
        set();
        reads(again);
        requireOnly(Rule.RETAINED_OLD);
    }

    @Test
    void qos0KeepsItsPlaceInOneConnection() {
        Sent first = send(0, 20);
        set();
        reads(first);
        requireOnly(Rule.RETAINED_OLD);
    }

    @Test
    void nodesDifferAtTheEnd() {
        Sent first = set();
        Sent second = send(0, 20);
        readsAtEnd(second);
        readsAtEnd(first);
        requireOnly(Rule.RETAINED_DIFFERS);
    }

    @Test
    void oneNodeHasNothingAtTheEnd() {
        Sent only = send(0, 20);
        readsAtEnd(only);
        readsAtEnd();
        requireOnly(Rule.RETAINED_DIFFERS);
    }

    @Test
    void readersBeforeTheEndMayDiffer() {
        Sent first = set();
        Sent second = send(0, 20);
        reads(second);
        reads(first);
        requireNone();
    }
}
