package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private final List<Event> events = new ArrayList<>();
    private long seconds;

    private void write(Kind kind, String client, int connection, String subject) {
        events.add(new Event(seconds++ * 1_000_000_000, kind, client, connection, null, subject, 0));
    }

    @Test
    void eachRestartOfARollingOneCountsTheDevicesOfItsOwnNode() {
        write(Kind.CONNECTED, "a", 1, "n1");
        write(Kind.CONNECTED, "b", 2, "n2");
        write(Kind.CONNECTED, "c", 3, "n2");
        write(Kind.FAULT, "cluster", 0, "ROLLING n1"); // at 3 s
        write(Kind.CLOSED, "a", 1, "");
        write(Kind.CONNECTED, "a", 4, "n2");
        write(Kind.ACKNOWLEDGED, "a", 4, "");
        write(Kind.FAULT, "cluster", 0, "ROLLING n2"); // at 7 s
        for (int i = 0; i < 3; i++) {
            write(Kind.CONNECTED, "abc".substring(i, i + 1), 5 + i, "n1");
            write(Kind.DELIVERED, "abc".substring(i, i + 1), 5 + i, "");
        }
        write(Kind.HEALED, "cluster", 0, "ROLLING n1");

        List<Recovery.Row> rows = Recovery.rows(events, Checker.verdict(List.of()), _ -> true);

        assertThat(rows).extracting(Recovery.Row::fault).containsExactly("none", "ROLLING n1", "ROLLING n2");
        assertThat(rows).extracting(Recovery.Row::affected).containsExactly(0, 1, 3);
        assertThat(rows).extracting(Recovery.Row::servedSeconds).containsExactly(0.0, 3.0, 6.0);
    }
}
