package dev.skein.node.rule.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.node.rule.flow.ForwardSettings.SpoolBounds;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bounds and refusals, one by one; their order with everything else is that of {@link ForwardingSimulationTest}. */
class ForwardingTest {
    private static final long SECOND = 1_000_000_000;

    private final Recording output = new Recording();
    private final ForwardFigures figures = new ForwardFigures();

    private Forwarding forwarding(SpoolBounds bounds) {
        Forwarding made = new Forwarding(
                new ForwardSettings(10, 1 << 20, 1 << 20, SECOND, SECOND, SECOND, bounds), output, figures);
        made.ready(0, 0, 0);
        return made;
    }

    private static SpoolBounds spool(long messages, boolean dropsOldest, boolean qos0) {
        return new SpoolBounds(messages, 1 << 20, 60_000, dropsOldest, qos0);
    }

    private static Entry entry(String key, boolean atLeastOnce) {
        return new Entry(new SinkRecord("t", key, "", "client", Map.of(), new byte[0]), atLeastOnce, key, null);
    }

    private static Entry stored(String key, long sequence) {
        return new Entry(
                new SinkRecord("t", key, "", "client", Map.of(), new byte[0]), true, null, new MessageId(sequence, 1));
    }

    private void fail(Forwarding forwarding) {
        List.copyOf(output.sent).forEach(sent -> forwarding.failed(sent, false, "away", false, 0));
        output.sent.clear();
    }

    @Test
    void publishersAreAnsweredWhenTheTargetOrTheSpoolHasIt() {
        Forwarding forwarding = forwarding(spool(100, false, true));
        forwarding.offer(List.of(entry("a", true), entry("b", true)), 0);
        assertThat(output.settled).isEmpty();
        forwarding.taken(output.sent.removeFirst(), 0);
        assertThat(output.settled).containsExactly("a");
        fail(forwarding);
        assertThat(output.settled).containsExactly("a");
        forwarding.appended(output.appended.removeFirst(), true, 0);
        assertThat(output.settled).containsExactly("a", "b");
        assertThat(figures.problem()).isEqualTo("away");
    }

    @Test
    void aRefusalHoldsNothingUpAndGoesToTheDeadLetters() {
        Forwarding forwarding = forwarding(spool(100, false, true));
        forwarding.offer(List.of(entry("a", true), entry("b", true), entry("c", true)), 0);
        List<Entry> sent = List.copyOf(output.sent);
        output.sent.clear();
        forwarding.failed(sent.get(0), true, "too large", false, 0);
        assertThat(output.settled).containsExactly("a");
        forwarding.failed(sent.get(1), true, "too large", true, 0);
        assertThat(output.sent)
                .singleElement()
                .satisfies(each -> assertThat(each.isDeadLetter()).isTrue());
        forwarding.taken(sent.get(2), 0);
        assertThat(output.settled).as("c waits for b, of the same client").containsExactly("a");
        forwarding.taken(output.sent.removeFirst(), 0);
        assertThat(output.settled).containsExactly("a", "b", "c");
        assertThat(figures.refused()).isEqualTo(2);
        assertThat(figures.deadLettered()).isEqualTo(1);
    }

    @Test
    void publishersWaitWhenTheSpoolIsFullAndQos0IsDropped() {
        Forwarding forwarding = forwarding(spool(1, false, true));
        forwarding.offer(List.of(entry("a", true)), 0);
        fail(forwarding);
        forwarding.offer(List.of(entry("b", true), entry("c", false)), 0);
        assertThat(output.appended).extracting(each -> each.record().key()).containsExactly("a");
        assertThat(output.full).isTrue();
        Entry first = output.appended.removeFirst();
        forwarding.appended(first, true, 0);
        forwarding.tick(2 * SECOND);
        forwarding.page(List.of(stored("a", 1)), false, 2 * SECOND, 0);
        forwarding.taken(output.sent.removeFirst(), 2 * SECOND);
        assertThat(output.appended).extracting(each -> each.record().key()).contains("b");
    }

    @Test
    void theOldestIsDroppedWhenThatIsWanted() {
        Forwarding forwarding = forwarding(spool(1, true, true));
        forwarding.offer(List.of(entry("a", true)), 0);
        fail(forwarding);
        forwarding.offer(List.of(entry("b", true)), 0);
        assertThat(output.full).isFalse();
        assertThat(output.oldestAsked).isEqualTo(1);
        forwarding.oldest(List.of(stored("a", 1), stored("b", 2)));
        assertThat(output.removed).containsExactly("a");
        assertThat(figures.droppedFull()).isEqualTo(1);
    }

    @Test
    void qos0IsDroppedWhereTheSpoolIsNotForIt() {
        Forwarding forwarding = forwarding(spool(100, false, false));
        forwarding.offer(List.of(entry("a", false), entry("b", true)), 0);
        fail(forwarding);
        assertThat(output.appended).extracting(each -> each.record().key()).containsExactly("b");
        assertThat(figures.droppedFull()).isEqualTo(1);
    }

    @Test
    void whatWaitedTooLongIsDropped() {
        Forwarding forwarding = new Forwarding(
                new ForwardSettings(10, 1 << 20, 1 << 20, SECOND, SECOND, SECOND, spool(100, false, true)),
                output,
                figures);
        forwarding.ready(2, 100, 0);
        long old = 1L << 16;
        forwarding.page(List.of(stored("a", old), stored("b", old + (100_000L << 16))), false, 0, 70_000);
        assertThat(output.removed).containsExactly("a");
        assertThat(output.sent).extracting(each -> each.record().key()).containsExactly("b");
        assertThat(figures.droppedAge()).isEqualTo(1);
    }

    @Test
    void aTargetThatIsSilentIsTakenAsAway() {
        Forwarding forwarding = forwarding(spool(100, false, true));
        forwarding.offer(List.of(entry("a", true)), 0);
        forwarding.tick(SECOND / 2);
        assertThat(output.appended).isEmpty();
        forwarding.tick(2 * SECOND);
        assertThat(output.appended).hasSize(1);
        assertThat(figures.problem()).startsWith("no answer within");
    }

    @Test
    void nobodyWaitsForARuleThatIsGone() {
        Forwarding forwarding = new Forwarding(
                new ForwardSettings(10, 1 << 20, 1 << 20, SECOND, SECOND, SECOND, spool(100, false, true)),
                output,
                figures);
        forwarding.offer(List.of(entry("a", true)), 0);
        forwarding.abandon(0);
        forwarding.offer(List.of(entry("b", true)), 0);
        assertThat(output.settled).containsExactly("a", "b");
    }

    /** Keeps what it was asked for. */
    private static final class Recording implements ForwardOutput {
        private final List<Entry> sent = new ArrayList<>();
        private final List<Entry> appended = new ArrayList<>();
        private final List<String> removed = new ArrayList<>();
        private final List<Object> settled = new ArrayList<>();
        private int oldestAsked;
        private boolean full;

        @Override
        public void send(List<Entry> entries) {
            sent.addAll(entries);
        }

        @Override
        public void append(Entry entry) {
            appended.add(entry);
        }

        @Override
        public void read(QueueCursor after, boolean afterCommits, int maxMessages) {
            // A test gives the page itself.
        }

        @Override
        public void readOldest(int maxMessages) {
            oldestAsked++;
        }

        @Override
        public void remove(Entry entry) {
            removed.add(entry.record().key());
        }

        @Override
        public void settle(Entry entry, boolean ok) {
            Object waiter = entry.waiter();
            if (waiter != null) {
                settled.add(waiter);
            }
        }

        @Override
        public void full(boolean now) {
            full = now;
        }
    }
}
