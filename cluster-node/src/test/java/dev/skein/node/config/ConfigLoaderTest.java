package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
    @TempDir
    private Path directory;

    @Test
    void defaultsAloneAreAValidConfiguration() throws InvalidConfigException {
        Config config = load(null, List.of(), Map.of());

        assertThat(config.getInt("skein.listeners.mqtt.port")).isEqualTo(1883);
        assertThat(config.getString("pekko.actor.provider")).isEqualTo("cluster");
    }

    @Test
    void laterSourcesWin() throws Exception {
        Path file = file("skein.listeners.mqtt.port = 1\nskein.http.port = 1\nskein.listeners.ws.port = 1");
        Map<String, String> environment = Map.of("SKEIN_HTTP_PORT", "2", "SKEIN_LISTENERS_WS_PORT", "2");

        Config config = load(file, List.of("skein.listeners.ws.port=3", "skein.listeners.ws.port=4"), environment);

        assertThat(config.getInt("skein.listeners.mqtt.port")).isEqualTo(1);
        assertThat(config.getInt("skein.http.port")).isEqualTo(2);
        assertThat(config.getInt("skein.listeners.ws.port")).isEqualTo(4);
    }

    @Test
    void dataOptionSetsTheStorageDirectory() throws InvalidConfigException {
        Config config = ConfigLoader.load(
                new ConfigLoader.Sources(null, Path.of("/srv/skein"), List.of(), Map.of()), List.of());

        assertThat(config.getString("skein.storage.directory")).isEqualTo("/srv/skein");
    }

    @Test
    void fileMayIncludeAnotherAndSubstituteItsValues() throws Exception {
        Files.writeString(directory.resolve("shared.conf"), "skein.http.host = \"127.0.0.7\"");
        Path file = file("include \"shared.conf\"\nskein.listeners.mqtt.host = ${skein.http.host}");

        assertThat(load(file, List.of(), Map.of()).getString("skein.listeners.mqtt.host"))
                .isEqualTo("127.0.0.7");
    }

    @Test
    void unknownKeyIsNamedWithItsPlaceAndTheNearestKey() throws IOException {
        Path file = file("\nskein.listeners.mqtt.prot = 1884");

        assertThat(problems(file, List.of(), Map.of()))
                .containsExactly("skein.listeners.mqtt.prot: unknown key at " + file
                        + ":2 (did you mean skein.listeners.mqtt.port?)");
    }

    @Test
    void unknownKeyOfAnInstanceIsNamedWithTheNearestKeyOfThatInstance() throws IOException {
        Path file = file("skein.instances.fleet { mod = apsara, limits.filter = 3 }");

        assertThat(problems(file, List.of(), Map.of()))
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("(did you mean skein.instances.fleet.limits.filters?)"),
                        second -> assertThat(second)
                                .startsWith("skein.instances.fleet.mod: unknown key at ")
                                .endsWith("(did you mean skein.instances.fleet.mode?)"));
    }

    @Test
    void everyProblemOfEverySourceIsTold() throws IOException {
        Path file = file("skien.x = 1\nskein.http.port = many\nskein.http = { enabeld = true }");

        assertThat(problems(file, List.of("skein.mqtt.inflight=3", "=2"), Map.of("SKEIN_HTTP_PROT", "1")))
                .hasSize(6)
                .anySatisfy(problem -> assertThat(problem).startsWith("skien"))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("skein.http.port: many at " + file + ":2")
                        .endsWith("(expected: a whole number)"))
                .anySatisfy(problem -> assertThat(problem).startsWith("skein.http.enabeld: unknown key"))
                .anySatisfy(problem -> assertThat(problem)
                        .isEqualTo("skein.mqtt.inflight: unknown key from --set skein.mqtt.inflight"))
                .anySatisfy(problem -> assertThat(problem).startsWith("--set: "))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("SKEIN_HTTP_PROT: environment variable sets no known key")
                        .contains("(did you mean SKEIN_HTTP_PORT?)"));
    }

    @ParameterizedTest
    @CsvSource({
        "skein.listeners.mqtt.enabled=maybe, true or false",
        "skein.listeners.mqtt.port=[1], a whole number",
        "skein.listeners.mqtt.port=null, a whole number",
        "skein.memory.high=85.5, a whole number",
        "skein.memory.high=8e-1, a whole number",
        "skein.memory.high=85%, a whole number",
        "skein.instances.fleet.limits.topic-levels=12.5, a whole number",
        "skein.instances.fleet.limits.filters=12.5, auto",
        "skein.instances.fleet.limits.body-bytes=0.5, auto",
        "skein.auth.failures-per-second=often, a number",
        "skein.edge.stall-timeout=60, a duration with its unit",
        "skein.edge.stall-timeout=6e1, a duration with its unit",
        "skein.mqtt.max-packet-size=1000.5, a size in whole bytes",
        "skein.mqtt.max-packet-size=0.0003MiB, a size in whole bytes",
        "skein.listeners.mqtt=1883, a section",
        "skein.edge.connect-timeout=soon, a duration",
        "skein.mqtt.max-packet-size=large, a size",
        "skein.tls.protocols=TLSv1.3, a list",
        "skein.instances.fleet=apsara, a section",
        "skein.instances.fleet.groups=GID_a, a list",
    })
    void valueOfTheWrongTypeIsRefused(String word, String expected) {
        assertThat(problems(null, List.of(word), Map.of()))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith(word.substring(0, word.indexOf('=')) + ": ")
                        .contains("(expected: " + expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein.memory.high=86.0",
                "skein.memory.high=8.6e1",
                "skein.auth.failures-per-second=0.5",
                "skein.auth.failures-per-second=2",
                "skein.edge.stall-timeout=1.5m",
                "skein.mqtt.max-packet-size=0.5MiB",
                "skein.mqtt.max-packet-size=100000",
                "skein.edge.memory-max=64.5MiB",
                "skein.instances.fleet.sessions.expiry=1.5h"
            })
    void numberThatFitsIsTakenHoweverItIsWritten(String word) {
        assertThatCode(() -> load(null, List.of(word), Map.of())).doesNotThrowAnyException();
    }

    @Test
    void secretIsNotToldWhenItIsWrong() {
        assertThat(problems(null, List.of("skein.http.token=\"abc"), Map.of()))
                .singleElement()
                .satisfies(problem -> assertThat(problem).doesNotContain("abc").contains("***"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein.instances.default.users=[{ name = a, password-hash = \"hunter2\"",
                "skein.instances.default.access-keys=[{ id = a, \"secret\" : hunter2",
            })
    void secretInsideAValueIsNotToldEither(String word) {
        assertThat(problems(null, List.of(word), Map.of()))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).doesNotContain("hunter2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://db.example/skein?ssl=true", "a b # c", "$2a$10$x", "{curly", "a=b"})
    void textNeedsNoQuotesOnTheCommandLine(String text) throws InvalidConfigException {
        Config config = load(null, List.of("skein.storage.jdbc.url=" + text), Map.of());

        assertThat(config.getString("skein.storage.jdbc.url")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"\"quoted\", quoted", "${skein.http.host}, localhost", "`\"a, b\"`, `a, b`"})
    void textOnTheCommandLineMayBeHocon(String text, String value) throws InvalidConfigException {
        Config config = load(null, List.of("skein.storage.jdbc.user=" + text), Map.of());

        assertThat(config.getString("skein.storage.jdbc.user")).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "${not.a.key}", "\"quote", "[x", "hash # tag", ""})
    void environmentVariableIsTakenAsItStands(String password) throws InvalidConfigException {
        Config config = load(null, List.of(), Map.of("SKEIN_STORAGE_JDBC_PASSWORD", password));

        assertThat(config.getString("skein.storage.jdbc.password")).isEqualTo(password);
    }

    @Test
    void environmentVariableOfAListIsHocon() throws InvalidConfigException {
        Config config = load(null, List.of(), Map.of("SKEIN_INSTANCES_FLEET_GROUPS", "[GID_a, GID_b]"));

        assertThat(config.getStringList("skein.instances.fleet.groups")).containsExactly("GID_a", "GID_b");
    }

    @ParameterizedTest
    @CsvSource({
        "SKEIN_STORAGE_JDBC_POOL_SIZE, skein.storage.jdbc.pool-size",
        "SKEIN_MQTT_INFLIGHT_MAX, skein.mqtt.inflight-max",
        "SKEIN_INSTANCES_NEW_LIMITS_BODY_BYTES, skein.instances.new.limits.body-bytes",
        "SKEIN_INSTANCES_MQTT_CN_A1_LIMITS_FILTERS, skein.instances.mqtt-cn-A1.limits.filters",
        "SKEIN_INSTANCE_DEFAULTS_LIMITS_FILTERS, skein.instance-defaults.limits.filters",
    })
    void environmentVariableFindsItsKey(String variable, String key) throws Exception {
        Path file = file("skein.instances.mqtt-cn-A1.mode = apsara");

        assertThat(load(file, List.of(), Map.of(variable, "7")).getInt(key)).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "SKEIN_JAVA_OPTS, -Xmx1g",
        "SKEIN_TOKEN, t",
        "SKEIN_SERVICE_HOST, 10.0.0.1",
        "SKEIN_SERVICE_PORT_MQTT, 1883",
        "SKEIN_PORT, tcp://10.0.0.1:1883",
        "SKEIN_PORT_1883_TCP_ADDR, 10.0.0.1",
        "SKEIN_HEADLESS_PORT_1883_TCP, tcp://10.0.0.1:1883",
        "SKEIN_HTTP_PORT, tcp://10.0.0.1:8080",
        "PATH, /bin",
    })
    void variablesThatAreNoConfigurationAreLeftAlone(String variable, String value) throws InvalidConfigException {
        Config config = load(null, List.of(), Map.of(variable, value));

        assertThat(config.getInt("skein.http.port")).isEqualTo(8080);
    }

    @Test
    void substitutionWithoutATargetIsToldBesideOtherProblems() throws IOException {
        Path file = file("skein.http.host = ${nowhere.to.be.found}\nskein.http.prot = 1");

        assertThat(problems(file, List.of(), Map.of()))
                .anySatisfy(problem -> assertThat(problem).contains("nowhere.to.be.found"))
                .anySatisfy(problem -> assertThat(problem).startsWith("skein.http.prot"));
    }

    @Test
    void missingAndBrokenFilesAreTold() throws IOException {
        assertThat(problems(directory.resolve("none.conf"), List.of(), Map.of()))
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("none.conf"));
        assertThat(problems(file("skein {"), List.of(), Map.of()))
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("node.conf"));
    }

    @Test
    void keysOfPekkoAreHandedOn() throws Exception {
        Path file = file("pekko.cluster.gossip-interval = 3s");

        Config config = load(file, List.of("pekko.loglevel=DEBUG"), Map.of());

        assertThat(config.getDuration("pekko.cluster.gossip-interval")).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.getString("pekko.loglevel")).isEqualTo("DEBUG");
    }

    @Test
    void whatSectionsRefuseIsAProblemEach() {
        ConfigLoader.Sources sources = ConfigLoader.Sources.none();

        assertThatThrownBy(() -> ConfigLoader.load(
                        sources,
                        List.of(
                                config -> {
                                    throw new IllegalArgumentException("skein.a: 0 (expected: 1..9)");
                                },
                                config -> {
                                    throw new IllegalArgumentException("skein.b: 0 (expected: 1..9)");
                                })))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        wrong -> assertThat(wrong.problems())
                                .containsExactly("skein.a: 0 (expected: 1..9)", "skein.b: 0 (expected: 1..9)"));
    }

    @Test
    void everyMistakeOfOneSectionAndOfOneListIsTold() throws IOException {
        Path file = file("""
                skein.listeners { mqtt.port = 99999, ws.port = -1 }
                skein.cluster { host = a_b, drain-rate = -1, port = x }
                skein.http.port = many
                skein.instances.fleet.users = [
                  { name = a, password-hash = x }
                  { name = b, password-hash = "$2a$10$ApsePB2bydBceHv.MnA22OOEZIT3H4HY/z4p9lyrCkxyNyFzeBfmi" }
                  { name = c, password-hash = y }
                ]
                """);
        ConfigLoader.Sources sources = new ConfigLoader.Sources(file, null, List.of(), Map.of());

        assertThatThrownBy(() -> ConfigLoader.load(sources, ConfigOptions.sections()))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        wrong -> assertThat(wrong.problems())
                                .extracting(problem -> problem.substring(0, problem.indexOf(": ")))
                                .containsExactlyInAnyOrder(
                                        "skein.http.port",
                                        "skein.listeners.mqtt.port",
                                        "skein.listeners.ws.port",
                                        "skein.cluster.host",
                                        "skein.cluster.drain-rate",
                                        "skein.cluster.port",
                                        "skein.instances.fleet.users[0].password-hash",
                                        "skein.instances.fleet.users[2].password-hash"));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("node.conf"), text);
    }

    private static Config load(@Nullable Path file, List<String> sets, Map<String, String> environment)
            throws InvalidConfigException {
        return ConfigLoader.load(new ConfigLoader.Sources(file, null, sets, environment), List.of());
    }

    private static List<String> problems(@Nullable Path file, List<String> sets, Map<String, String> environment) {
        InvalidConfigException wrong =
                catchThrowableOfType(InvalidConfigException.class, () -> load(file, sets, environment));
        assertThat(wrong).as("the configuration is refused").isNotNull();
        return wrong.problems();
    }
}
