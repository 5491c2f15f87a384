package dev.skein.node.info;

import dev.skein.node.cluster.MessagesContract;
import dev.skein.node.edge.mqtt.ClientInfo;
import dev.skein.node.route.Quota;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What nodes tell one another for the control API. */
class InfoMessagesTest extends MessagesContract {
    InfoMessagesTest() {
        super("info.txt");
    }

    @Override
    protected Stream<Object> samples() {
        return Stream.of(
                new InfoQuery.Report(someone()),
                new InfoQuery.Clients("default", "a", "", 10, someone()),
                new InfoQuery.Client("default", "ü|a", someone()),
                new NodeReport(-1, true, "full", List.of(new NodeReport.Load("default", 1, 2, 3, 4, null, null))),
                new NodeReport(
                        -1,
                        false,
                        "",
                        List.of(new NodeReport.Load(
                                "default",
                                1,
                                2,
                                3,
                                4,
                                new Quota.Holding(1, 2, -3, 4),
                                new Quota.Holding(0, 0, 5, -6)))),
                new ClientLines(List.of(new ClientLines.Line("c", 1, "192.0.2.1:5", 4, true, 0, 2, 3, 4, null)), "c"),
                new ClientLines(List.of(), null),
                new ClientLines(
                        List.of(new ClientLines.Line(
                                "c",
                                1,
                                "192.0.2.1:5",
                                5,
                                true,
                                0,
                                2,
                                3,
                                4,
                                new ClientInfo.Limits(-1, 20, 4_294_967_295L))),
                        null),
                new InfoQuery.Filters("default", "ü|a", "a/b", 10, someone()),
                new FilterPage(List.of(new FilterPage.Line("a/#", 1, 0, 0)), "a/#"),
                new FilterPage(null, null),
                new FilterPage(List.of(new FilterPage.Line("a/#", 1, 11, 268_435_455)), null),
                new ClientFound(null),
                new ClientFound(new ClientInfo(
                        "c",
                        "user",
                        null,
                        1,
                        "192.0.2.1:5",
                        "mqtt",
                        4,
                        false,
                        60,
                        -7,
                        Map.of("a/#", 1, "b", 2),
                        3,
                        4,
                        new ClientInfo.Counts(1, 2, 3),
                        null,
                        null)),
                mqtt5());
    }

    private static ClientFound mqtt5() {
        return new ClientFound(new ClientInfo(
                "c",
                null,
                null,
                1,
                "192.0.2.1:5",
                "mqtt",
                5,
                false,
                60,
                -7,
                Map.of("a/#", 1),
                3,
                4,
                new ClientInfo.Counts(1, 2, 3),
                new ClientInfo.Limits(4_294_967_295L, 65_535, 131_072),
                Map.of("a/#", new ClientInfo.Options(11, 7))));
    }

    @Override
    protected Stream<Class<?>> types() {
        return Stream.of(InfoQuery.class, NodeReport.class, ClientLines.class, ClientFound.class, FilterPage.class);
    }
}
