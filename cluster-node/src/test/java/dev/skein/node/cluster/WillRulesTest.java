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
import org.junit.jupiter.params.provider.ValueSource;

/** Histories of wills made by hand, with and without one that comes late. */
class WillRulesTest {
    private static final int WATCHER = 1;
    private static final int OLD = 20;
    private static final int NEW = 21;

    private final List<Event> events = new ArrayList<>();
    private final Sent will = new Sent("w", OLD, "w/w", 2, false, 20);
    private final Sent hello = new Sent("w", 1_000_021, "w/w", 2, false, 20);
    private double seconds;

    private void write(Kind kind, String client, int connection, Sent message, String subject, int value) {
        events.add(new Event((long) (seconds * 1e9), kind, client, connection, message, subject, value));
        seconds += 0.001;
    }

    private void write(Kind kind, String client, int connection, String subject, int value) {
        events.add(new Event((long) (seconds * 1e9), kind, client, connection, null, subject, value));
        seconds += 0.001;
    }

    private void connect(String client, int connection, boolean clean) {
        write(Kind.CONNECT, client, connection, "n1", clean ? 1 : 0);
        write(Kind.CONNECTED, client, connection, "n1", 0);
    }

    private void watch(boolean clean) {
        connect("s", WATCHER, clean);
        write(Kind.SUBSCRIBE, "s", WATCHER, "w/#", 2);
        write(Kind.SUBACKED, "s", WATCHER, "w/#", 2);
    }

    /** The old connection is there, with its will. */
    private void old() {
        write(Kind.CONNECT, "w", OLD, "n1", 1);
        write(Kind.WILL, "w", OLD, will, "", 2);
        write(Kind.CONNECTED, "w", OLD, "n1", 0);
    }

    private void cut() {
        write(Kind.CUT, "w", OLD, "", 0);
        write(Kind.CLOSED, "w", OLD, "", 0);
    }

    private void next() {
        connect("w", NEW, true);
        write(Kind.SENT, "w", NEW, hello, "", 2);
        write(Kind.ACKNOWLEDGED, "w", NEW, hello, "", 2);
    }

    private void deliver(Sent message) {
        write(Kind.DELIVERED, "s", WATCHER, message, "", 2);
    }

    private void requireNone() {
        assertThat(Checker.verdict(events).all()).isEmpty();
    }

    private void requireLate() {
        assertThat(Checker.verdict(events).all())
                .extracting(Verdict.Violation::rule)
                .containsExactly(Rule.WILL_LATE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWillBeforeWhatTheNextConnectionSends(boolean clean) {
        watch(clean);
        old();
        cut();
        next();
        deliver(will); // the watcher writes down late what came early
        deliver(hello);
        requireNone();
    }

    @Test
    void aWillAfterWhatTheNextConnectionSends() {
        watch(true);
        old();
        cut();
        next();
        deliver(hello);
        deliver(will);
        requireLate();
    }

    @Test
    void aWillAfterATakeOver() {
        watch(true);
        old();
        next();
        write(Kind.CLOSED, "w", OLD, "", 0);
        deliver(hello);
        deliver(will);
        requireLate();
    }

    @Test
    void aFaultExcusesNoWillAfterWhatTheNextConnectionSends() {
        watch(true);
        old();
        write(Kind.FAULT, "cluster", 0, "KILL n1", 0);
        cut();
        next();
        deliver(hello);
        deliver(will);
        requireLate();
    }

    @Test
    void whatWaitsForAPersistentSessionMayComeInAnotherOrder() {
        watch(false);
        old();
        cut();
        next();
        deliver(hello);
        deliver(will);
        requireNone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWillLongAfterTheNextConnectionCame(boolean clean) {
        watch(clean);
        old();
        cut();
        connect("w", NEW, true);
        seconds += 6;
        deliver(will);
        requireLate();
    }

    @Test
    void aWillLongAfterTheNextConnectionCameInAFault() {
        watch(false);
        old();
        write(Kind.FAULT, "cluster", 0, "STOP n1", 0);
        cut();
        connect("w", NEW, true);
        seconds += 20;
        deliver(will);
        requireNone();
    }

    @Test
    void aWatcherThatComesLaterGetsWhatWaitedForIt() {
        watch(false);
        old();
        write(Kind.CUT, "s", WATCHER, "", 0);
        write(Kind.CLOSED, "s", WATCHER, "", 0);
        cut();
        connect("w", NEW, true);
        seconds += 20;
        write(Kind.CONNECT, "s", WATCHER + 1, "n1", 0);
        write(Kind.CONNECTED, "s", WATCHER + 1, "n1", 1);
        write(Kind.DELIVERED, "s", WATCHER + 1, will, "", 2);
        requireNone();
    }

    @Test
    void theWillOfTheNextConnectionHasItsOwnTime() {
        watch(true);
        old();
        cut();
        deliver(will);
        Sent second = new Sent("w", NEW, "w/w", 2, false, 20);
        write(Kind.CONNECT, "w", NEW, "n1", 1);
        write(Kind.WILL, "w", NEW, second, "", 2);
        write(Kind.CONNECTED, "w", NEW, "n1", 0);
        write(Kind.SENT, "w", NEW, hello, "", 2);
        deliver(hello);
        write(Kind.CUT, "w", NEW, "", 0);
        write(Kind.CLOSED, "w", NEW, "", 0);
        deliver(second);
        requireNone();
    }
}
