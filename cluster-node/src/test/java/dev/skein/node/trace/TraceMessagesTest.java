package dev.skein.node.trace;

import dev.skein.node.cluster.MessagesContract;
import dev.skein.persistence.trace.TracePlace;
import java.util.List;
import java.util.stream.Stream;

/** What nodes ask one another of their traces. */
class TraceMessagesTest extends MessagesContract {
    private static final String ID = "0000019AA1B2C3D480000000000000FF";

    TraceMessagesTest() {
        super("trace.txt");
    }

    @Override
    protected Stream<Object> samples() {
        return Stream.of(
                new TraceAsk("default", "ü|a", List.of(), List.of(), 1, 2, null, 100, false, someone()),
                new TraceAsk(
                        "default",
                        null,
                        List.of(ID),
                        List.of(30, 41),
                        0,
                        Long.MAX_VALUE / 2,
                        new TracePlace(1_764_500_000_000L, 41, -1),
                        1000,
                        true,
                        someone()),
                new TraceFound(List.of(), null, List.of(), "too many searches wait"),
                new TraceFound(
                        List.of(
                                new TraceFound.Line(
                                        new TracePlace(1, 10, 2),
                                        "c",
                                        null,
                                        null,
                                        "",
                                        0,
                                        "7f",
                                        "192.0.2.1:5",
                                        "mqtt",
                                        1),
                                new TraceFound.Line(new TracePlace(3, 30, 4), "c", ID, ID, "a/b", 2, "", "", "", 300)),
                        new TracePlace(3, 30, 4),
                        List.of("000000000001.trace"),
                        ""));
    }

    @Override
    protected Stream<Class<?>> types() {
        return Stream.of(TraceAsk.class, TraceFound.class);
    }
}
