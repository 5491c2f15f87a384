package dev.skein.node.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** Renders {@code docs/conformance.md} and {@code docs/conformance-5.md} from the data. */
final class ConformanceDocument {
    private static final String HEAD = """
            # Conformance to MQTT 3.1.1 and 3.1

            Every normative statement of the MQTT 3.1.1 specification that binds a server, and the cases that test it;
            [another page](conformance-5.md) is for MQTT 5.
            The cases are data: `cluster-node/src/test/resources/conformance/`, one file for each chapter; the README
            there tells how to read and write them. This page is written from that data
            (`mvn -pl cluster-node -am test -Dtest=ClauseCoverageTest -Dsurefire.failIfNoSpecifiedTests=false
            -Dskein.docs.write=true`), and a test fails when it is out of date or when a clause has no case.

            `mvn verify` runs every case against Skein. The same cases run against another broker with
            `-Dit.test=ConformanceIT -Dskein.test.port=1883 -Dskein.test.wsPort=8083`; they were checked in that way
            against mosquitto 2.0.11 with the configuration in the README of the data.

            """;

    private static final String HEAD_5 = """
            # Conformance to MQTT 5.0

            Every normative statement of the MQTT 5.0 specification, and the cases that test it on a server. The cases
            are data: `cluster-node/src/test/resources/conformance/v5/`, one file for each chapter; the README in the
            folder above tells how to read and write them. This page is written from that data, as
            [the one for MQTT 3.1.1](conformance.md) is, and a test fails when it is out of date or when a clause has no
            case. While a case runs, every packet that comes over MQTT 5 is held against the rules of its form: flags,
            lengths, reason codes, properties.

            ## What is optional and left out

            - Maximum QoS below 2, no retained messages, no wildcards, no subscription identifiers, no shared
              subscriptions: a server may say in CONNACK that it lacks one of them. Skein has all of them, and so needs
              none of the rules for servers that do not.
            - Response Information is returned where the instance has one (`mqtt5.response-information`), Server
              Reference with DISCONNECT 0x9C where the node has one (`skein.edge.server-reference`); neither comes with
              a refused CONNECT, and 0x9D is not sent.
            - Some malformed CONNECT packets are closed without a CONNACK; the specification leaves that to the server.
            - Topics and filters are not normalised, and a message that matches several subscriptions of a client is
              sent to it once, not once for each.
            - A payload that is not what its payload format indicator says is refused with 0x99, as the specification
              allows (`skein.mqtt.check-payload-format`).

            ## The clauses

            """;

    private ConformanceDocument() {}

    static String render(ConformanceSuite suite, List<Clause> clauses, List<WireCase> cases) {
        StringBuilder page = new StringBuilder(suite == ConformanceSuite.MQTT_5 ? HEAD_5 : HEAD);
        long server = clauses.stream().filter(Clause::needsCase).count();
        page.append("%d clauses, %d of them tested by %d cases.\n\n".formatted(clauses.size(), server, cases.size()));
        page.append("| clause | what it asks | cases |\n| --- | --- | --- |\n");
        for (Clause clause : clauses) {
            page.append("| %s | %s | %s |\n".formatted(clause.id(), clause.summary(), tests(clause, cases)));
        }
        page.append("\n## Beyond the clauses\n\n");
        cases.stream()
                .filter(c -> c.clauses().isEmpty())
                .forEach(c -> page.append("- ")
                        .append(c.chapter())
                        .append(": ")
                        .append(escape(c.name()))
                        .append('\n'));
        return page.toString();
    }

    private static String tests(Clause clause, List<WireCase> cases) {
        if (!clause.needsCase()) {
            return clause.untested();
        }
        return cases.stream()
                .filter(c -> c.clauses().contains(clause.id()))
                .collect(Collectors.groupingBy(WireCase::chapter, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(e -> "**" + e.getKey() + "**: "
                        + e.getValue().stream().map(c -> escape(c.name())).collect(Collectors.joining("; ")))
                .collect(Collectors.joining("<br>"));
    }

    /** Wildcards and bars would be read as Markdown. */
    private static String escape(String name) {
        return name.replace("|", "\\|")
                .replace("*", "\\*")
                .replace("$", "\\$")
                .replace("_", "\\_")
                .replace("#", "\\#");
    }
}
