package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However many mistakes a configuration has, each is told in one run. */
class AllMistakesTest {
    private static final ConfigKeys KEYS = ConfigLoader.knownKeys();

    /** Values that hardly any key admits. */
    enum Wrong {
        LOW("-1", "0s", "0B", "\"\"", "[\"\"]"),
        HIGH("99999999999999", "99999d", "99999999GiB", "\"no such word\"", "[\"no such word\"]"),
        ODD("1.5", "1ns", "1B", "\"\\u0000\"", "[\"\\u0000\", \"b\"]"),
        OF_ANOTHER_TYPE("{}", "{}", "{}", "{}", "{}");

        private final String number;
        private final String duration;
        private final String size;
        private final String text;
        private final String list;

        Wrong(String number, String duration, String size, String text, String list) {
            this.number = number;
            this.duration = duration;
            this.size = size;
            this.text = text;
            this.list = list;
        }

        String value(ConfigKeys.Kind kind) {
            return switch (kind) {
                case WHOLE, NUMBER -> number;
                case DURATION -> duration;
                case SIZE -> size;
                case LIST -> list;
                case BOOLEAN -> "perhaps";
                case TEXT, AUTO, HOSTS, ADDRESSES -> text;
                case SECTION, FREE -> throw new IllegalArgumentException("a section");
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRefusedAloneIsRefusedAmongAllOthers(Wrong wrong) {
        List<String> words = KEYS.leaves().stream()
                .map(key -> key + "=" + wrong.value(Objects.requireNonNull(KEYS.kind(key))))
                .toList();
        Set<String> alone = new TreeSet<>();
        words.forEach(word -> alone.addAll(named(problems(word))));

        assertThat(named(problems(words.toArray(String[]::new)))).containsAll(alone);
    }

    @Test
    void everyElementOfAListIsTold() {
        assertThat(named(problems(
                        "skein.cluster.seeds=\"a_b:1, c:1,, d:x\"",
                        "skein.instances.fleet.groups=[GID_one, b, GID_three, GID_one]",
                        "skein.instances.fleet.parent-topics=[a/b, News, news]")))
                .containsExactly(
                        "skein.cluster.seeds[0]",
                        "skein.cluster.seeds[2]",
                        "skein.cluster.seeds[3]",
                        "skein.instances.fleet.groups[1]",
                        "skein.instances.fleet.groups[3]",
                        "skein.instances.fleet.parent-topics[0]",
                        "skein.instances.fleet.parent-topics[2]",
                        "skein.storage.jdbc.url");
    }

    @Test
    void instanceOfAWrongNameHidesNoOther() {
        assertThat(problems(
                        "skein.instances.\"a|b\".mode=open",
                        "skein.instances.\"c|d\".mode=open",
                        "skein.instances.fleet.mode=shut"))
                .satisfiesExactlyInAnyOrder(
                        first -> assertThat(first)
                                .startsWith("skein.instances: ")
                                .contains("a|b"),
                        second -> assertThat(second)
                                .startsWith("skein.instances: ")
                                .contains("c|d"),
                        mode -> assertThat(mode).startsWith("skein.instances.fleet.mode: shut"));
    }

    @Test
    void filesAndNamesAreLookedAtBesideOtherMistakes() {
        assertThat(named(problems(
                        "skein.tls.certificate=/nowhere/a.pem",
                        "skein.listeners.mqtt.host=no.such.host.invalid",
                        "skein.listeners.ws.port=-1",
                        "skein.storage.directory=/dev/null",
                        "skein.cluster.seeds=[\"a:1\"]",
                        "skein.http.host=0.0.0.0")))
                .containsExactly(
                        "skein.cluster.tls.ca",
                        "skein.cluster.tls.certificate",
                        "skein.cluster.tls.key",
                        "skein.http.token",
                        "skein.listeners.mqtt.host",
                        "skein.listeners.ws.port",
                        "skein.storage.directory",
                        "skein.storage.jdbc.url",
                        "skein.tls.certificate",
                        "skein.tls.key");
    }

    @Test
    void valueThatItsReaderCannotReadIsNamedByItsKey() {
        assertThat(problems("skein.http.port=99999999999", "skein.mqtt.inflight-max=0"))
                .satisfiesExactlyInAnyOrder(
                        port -> assertThat(port)
                                .startsWith("skein.http.port: 99999999999 from --set skein.http.port (expected: a whole"
                                        + " number;"),
                        inflight -> assertThat(inflight).startsWith("skein.mqtt.inflight-max: 0 (expected: "));
    }

    private static Set<String> named(List<String> problems) {
        return problems.stream()
                .map(problem -> problem.substring(0, problem.indexOf(':')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> problems(String... words) {
        try {
            ConfigLoader.load(
                    new ConfigLoader.Sources(null, null, List.of(words), Map.of()),
                    ConfigOptions.sections(),
                    (given, mended) -> StartChecks.problems(given, mended, _ -> {}));
            return List.of();
        } catch (InvalidConfigException e) {
            return e.problems();
        }
    }
}
