package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "pair --size 31                         | size: 31 (expected: 32..",
                "pair --qos 3                           | qos: 3 (expected: 0..2)",
                "pair --window 0                        | --window: 0 (expected: 1..32767)",
                "pair --window 40000                    | window: 40000 (expected: 0..32767)",
                "pair --rate 0                          | --rate: 0.0 (expected: above 0)",
                "pair --rate 10 --window 10             | --window and --rate: both given (expected: one of them)",
                "pair --pairs 0                         | pairs: 0 (expected: >= 1)",
                "pair --duration 0s                     | duration: 0 s (expected: above 0)",
                "pair --duration soon                   | 'soon' (expected: 500ms, 30s, 2m or 1h)",
                "pair --port 70000                      | --port: 70000 (expected: 1..65535)",
                "pair --password x                      | password: given (expected: a user name with it)",
                "pair --broker-pid 999999999            | pid: 999999999 (expected: a process on this machine",
                "pair --mqtt-version 4                  | --mqtt-version: 4 (expected: 3 or 5)",
                "pair --receive-maximum 5               | --receive-maximum, --topic-aliases: given (expected: --mqtt",
                "pair --topic-aliases                   | --receive-maximum, --topic-aliases: given (expected: --mqtt",
                "pair --mqtt-version 5 --receive-maximum 0 | --receive-maximum: 0 (expected: 1..65535)",
                "pair --user-properties 1               | --user-properties, --message-expiry: given (expected: --mqtt",
                "pair --mqtt-version 5 --user-properties -1 | user properties: -1 (expected: 0..1000)",
                "pair --mqtt-version 5 --message-expiry 0 | --message-expiry: 0 (expected: 1..4294967295)",
                "pair --share g                         | Unknown option",
                "fan-out --share a/b                    | share: a/b (expected: the name of a group, without /, + and #)",
                "pair --clean --persistent              | mutually exclusive",
                "pair --source-addresses here           | --source-addresses: here (expected: addresses",
                "fan-in --publishers 2 --subscribers 3  | publishers: 2 (expected: at least as many as subscribers",
                "pair --json /no/such/place.json        | --json: /no/such/place.json (expected: a file that can",
                "pair --html /no/such/place.html        | --html: /no/such/place.html (expected: a file that can",
                "pair --hdr /no/such/place.hlog         | --hdr: /no/such/place.hlog (expected: a file that can",
                "suite                                  | --broker",
                "suite --broker here                    | --broker: here (expected: name=host:port",
                "suite --broker a=127.0.0.1:70000       | (expected: a host that resolves, a port 1..65535)",
                "suite --broker a=127.0.0.1:1 --only x  | --only: x (expected: pairs-qos0, pairs-qos0-mqtt5",
                "suite --broker a=127.0.0.1:1 --runs 0  | --runs: 0 (expected: >= 1)",
                "suite --broker a=127.0.0.1:1 --baseline b | --baseline: b (expected: one of [a])",
                "compare /no/a.json /no/b.json          | /no/a.json",
                "connect --clients 0                    | clients: 0 (expected: >= 1)",
                "connect --rate -1                      | rate: -1.0 (expected: above 0)",
                "connect --pairs 3                      | Unknown option",
                "shout                                  | Unmatched argument",
                "\"\"                                   | Missing required subcommand"
            })
    void wrongUsageIsNamedAndExitsWith2(String arguments, String message) {
        Outcome outcome = Outcome.of(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void helpOfEveryScenarioNamesItsOptionsAndExitCodes() {
        for (String scenario : List.of("connect", "pair", "fan-out", "fan-in")) {
            Outcome outcome = Outcome.of(scenario, "--help");

            assertThat(outcome.exit()).isZero();
            assertThat(outcome.out())
                    .contains("--host", "--broker-pid", "--json", "--duration", "--mqtt-version", "Exit codes:");
        }
    }
}
