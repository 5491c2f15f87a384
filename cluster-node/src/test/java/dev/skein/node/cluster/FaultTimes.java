package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** When faults of a run were, and its nodes had not found their way again. */
final class FaultTimes {
    private static final long AFTER_NANOS = Duration.ofSeconds(10).toNanos();

    private final List<Span> spans = new ArrayList<>();

    private record Span(long from, long to) {}

    FaultTimes(List<Event> events) {
        long since = -1;
        for (Event event : events) {
            if (event.kind() == Kind.FAULT) {
                since = since < 0 ? event.nanos() : since;
            } else if (event.kind() == Kind.HEALED || event.kind() == Kind.OWN_END) {
                spans.add(new Span(since < 0 ? event.nanos() : since, event.nanos() + AFTER_NANOS));
                since = -1;
            }
        }
        if (since >= 0) {
            spans.add(new Span(since, Long.MAX_VALUE));
        }
    }

    /** Whether some of the time from {@code from} to {@code to} was one of a fault. */
    boolean touch(long from, long to) {
        return spans.stream().anyMatch(each -> each.from() <= to && from <= each.to());
    }
}
