package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Histories made by hand of shared subscriptions, messages that expire and wills with a delay. */
class Mqtt5RulesTest {
    private static final int PUBLISHER = 1;
    private static final int FIRST = 2;
    private static final int SECOND = 3;
    private static final int OLD = 20;
    private static final int NEW = 21;
    private static final String SHARED = "$share/g/jobs";

    private final List<Event> events = new ArrayList<>();
    private final Sent job = new Sent("p", 1, "jobs", 1, false, 20);
    private final Sent brief = new Sent("p", 2, Terms.brief("a"), 1, false, 20);
    private final Sent will = new Sent("w", OLD, "w/" + Terms.delayed("w"), 2, false, 20);
    private double seconds;

    private void write(Kind kind, String client, int connection, Sent message, int value) {
        events.add(new Event((long) (seconds * 1e9), kind, client, connection, message, "", value));
        seconds += 0.001;
    }

    private void write(Kind kind, String client, int connection, String subject, int value) {
        events.add(new Event((long) (seconds * 1e9), kind, client, connection, null, subject, value));
        seconds += 0.001;
    }

    private void connect(String client, int connection) {
        write(Kind.CONNECT, client, connection, "n1", 0);
        write(Kind.CONNECTED, client, connection, "n1", 0);
    }

    private void subscribe(String client, int connection, String filter) {
        connect(client, connection);
        write(Kind.SUBSCRIBE, client, connection, filter, 2);
        write(Kind.SUBACKED, client, connection, filter, 2);
    }

    private void members() {
        subscribe("a", FIRST, SHARED);
        subscribe("b", SECOND, SHARED);
        connect("p", PUBLISHER);
    }

    private void publish(Sent message) {
        write(Kind.SENT, "p", PUBLISHER, message, message.qos());
        write(Kind.ACKNOWLEDGED, "p", PUBLISHER, message, message.qos());
    }

    private void deliver(String client, int connection, Sent message) {
        write(Kind.DELIVERED, client, connection, message, message.qos());
    }

    private void require(Rule... rules) {
        assertThat(Checker.verdict(events).all())
                .extracting(Verdict.Violation::rule)
                .containsExactly(rules);
    }

    @Test
    void aSharedMessageReachesOneMember() {
        members();
        publish(job);
        deliver("b", SECOND, job);
        require();
    }

    @Test
    void aSharedMessageThatReachesNoMemberIsLost() {
        members();
        publish(job);
        require(Rule.SHARED_LOST);
        assertThat(Checker.verdict(events).missing()).isEqualTo(1);
    }

    @Test
    void aSecondMemberGetsAMessageOnlyWhenTheFirstHasGone() {
        members();
        publish(job);
        deliver("a", FIRST, job);
        deliver("b", SECOND, job);
        require(Rule.SHARED_TWICE);
    }

    @Test
    void whatAMemberThatGoesHasNotAcknowledgedReachesAnother() {
        members();
        publish(job);
        deliver("a", FIRST, job);
        write(Kind.CUT, "a", FIRST, "", 0);
        write(Kind.CLOSED, "a", FIRST, "", 0);
        deliver("b", SECOND, job);
        require();
    }

    @Test
    void aFaultExcusesASecondDelivery() {
        members();
        publish(job);
        deliver("a", FIRST, job);
        write(Kind.FAULT, "cluster", 0, "KILL n2", 0);
        deliver("b", SECOND, job);
        require();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "3, false", "5, true"})
    void whatHasExpiredDoesNotCome(double after, boolean wrong) {
        subscribe("a", FIRST, "#");
        connect("p", PUBLISHER);
        publish(brief);
        seconds += after;
        deliver("a", FIRST, brief);
        require(wrong ? new Rule[] {Rule.EXPIRED} : new Rule[0]);
    }

    @Test
    void whatExpiresNeedNotArrive() {
        subscribe("a", FIRST, "#");
        connect("p", PUBLISHER);
        publish(brief);
        require();
    }

    private void cutWithWill() {
        subscribe("s", FIRST, "w/#");
        write(Kind.CONNECT, "w", OLD, "n1", 0);
        write(Kind.WILL, "w", OLD, will, 2);
        write(Kind.CONNECTED, "w", OLD, "n1", 0);
        write(Kind.CUT, "w", OLD, "", 0);
        write(Kind.CLOSED, "w", OLD, "", 0);
    }

    private void back() {
        write(Kind.CONNECT, "w", NEW, "n1", 0);
        write(Kind.CONNECTED, "w", NEW, "n1", 1);
    }

    @Test
    void aDelayedWillComesWhenTheClientStaysAway() {
        cutWithWill();
        seconds += 3;
        deliver("s", FIRST, will);
        seconds += 20;
        back();
        require();
    }

    @Test
    void aDelayedWillThatNeverComesIsLost() {
        cutWithWill();
        seconds += 20;
        back();
        require(Rule.WILL_LOST);
    }

    @Test
    void aDelayedWillDoesNotComeBeforeItsTime() {
        cutWithWill();
        seconds += 1;
        deliver("s", FIRST, will);
        seconds += 20;
        back();
        require(Rule.WILL_EARLY);
    }

    @Test
    void aDelayedWillDoesNotComeWhenTheClientWasBackInTime() {
        cutWithWill();
        seconds += 1;
        back();
        require();
        seconds += 3;
        deliver("s", FIRST, will);
        require(Rule.WILL_UNASKED);
    }
}
