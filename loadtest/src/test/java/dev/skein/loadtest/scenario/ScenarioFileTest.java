package dev.skein.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.apsara.GroupIds;
import dev.skein.protocol.apsara.ParentTopics;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ScenarioFileTest {
    @SuppressWarnings("UnusedVariable") // JUnit reads it
    private static final java.util.List<String> NAMES = ScenarioFile.SHIPPED;

    /** But the cases of the benchmark suite, whose names are given. */
    @SuppressWarnings("UnusedVariable")
    private static final java.util.List<String> OWN_NAMES = ScenarioFile.SHIPPED.stream()
            .filter(name -> !name.startsWith("mqttbs-"))
            .toList();

    private static final String SEPARATOR = "@@@";

    private static final String GOOD = """
            about = "a test"
            groups {
              a { count = 2, client-id = "a{n}" }
              b { count = 3, client-id = "b{n}", subscribe = [{ filter = "t/{n}", qos = 1 }] }
            }
            flows { f { from = a, to = b, topic = "t/{to.n}", qos = 1, rate = 1 } }
            phases = [{ connect = [a, b] }, { run = 2 s }]
            criteria.flows.f { p99 = 100 ms }
            """;

    @ParameterizedTest
    @FieldSource("NAMES")
    void shippedScenariosCanBeRead(String name) {
        assertThat(ScenarioFile.find(name).groups()).isNotEmpty();
    }

    /** So that they run against an instance in apsara mode when its names are registered. */
    @ParameterizedTest
    @FieldSource("OWN_NAMES")
    void namesOfShippedScenariosCanBeRegistered(String name) {
        Scenario scenario = ScenarioFile.find(name);
        assertThat(scenario.groups()).allSatisfy(group -> {
            assertThat(group.clientId()).contains(SEPARATOR);
            String groupId = group.clientId().substring(0, group.clientId().indexOf(SEPARATOR));
            assertThat(GroupIds.violation(groupId)).isNull();
        });
        assertThat(scenario.flows())
                .allSatisfy(
                        flow -> assertThat(ParentTopics.violation(flow.topic().split("/", 2)[0]))
                                .isNull());
    }

    @Test
    void whatTheQosPromisesIsACriterionUnlessTheFileSaysOtherwise() {
        Limits.FlowLimits limits =
                ScenarioFile.read("x", "x.conf", GOOD).limits().flows().get("f");

        assertThat(limits).isNotNull();
        assertThat(limits.lost()).hasValue(0);
        assertThat(limits.duplicates()).isEmpty();
        assertThat(limits.times()).containsExactly(java.util.Map.entry("p99", Duration.ofMillis(100)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "rate = 1          | rate = 1, rat = 1    | x.conf: flows.f.rat: unknown key (expected: one of",
                "qos = 1, rate     | qos = 3, rate        | x.conf: flows.f.qos: 3 (expected: a number 0..2)",
                "from = a          | from = c             | x.conf: flows.f.from: c (expected: one of the groups a, b)",
                "rate = 1          | window = 0           | x.conf: flows.f.rate: 0 paces (expected: one of rate, window",
                "count = 2         | count = 0            | x.conf: groups.a.count: 0 (expected: a number 1..",
                "client-id = \"a{n}\" | client-id = \"a\" | x.conf: groups.a.client-id: a (expected: {n} in it",
                "t/{to.n}          | t/{who}              | x.conf: flows.f.topic: {who} (expected: one of client",
                "t/{to.n}          | t/{to.n%zoo}         | x.conf: flows.f.topic: {to.n%zoo} (expected: a number from 1 or a group)",
                "run = 2 s         | run = soon           | x.conf: phases[1].run: soon (expected: a time such as 200 ms",
                "connect = [a, b]  | connect = [z]        | x.conf: phases[0].connect: z (expected: one of a, b)",
                "{ run = 2 s }     | { walk = 2 s }       | x.conf: phases[1]: 0 actions (expected: one of connect, run",
                "flows.f { p99     | flows.g { p99        | x.conf: criteria.flows.g: no such flow (expected: one of f)",
                "p99 = 100 ms      | p98 = 100 ms         | x.conf: criteria.flows.f.p98: unknown key",
                "about = \"a test\"  | size = 3           | x.conf: about: missing (expected: text)",
                "about = \"a test\"  | about = {          | x.conf: "
            })
    void whatIsWrongIsNamedWithFileAndKey(String good, String bad, String message) {
        assertThat(GOOD).contains(good);

        assertThatThrownBy(() -> ScenarioFile.read("x", "x.conf", GOOD.replace(good, bad)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
