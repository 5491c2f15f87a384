package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MQTT 5 and shared groups against a node as its users start it. */
class Mqtt5IT {
    private static final String SHORT = " --warmup 100ms --duration 1s --drain 20s --threads 2 --json -";

    @TempDir
    private Path directory = Path.of("");

    @Test
    void againstSkein() throws Exception {
        try (SkeinProcess skein = SkeinProcess.start(directory)) {
            int port = skein.port("mqtt=");
            passes(port, "pair --pairs 4 --mqtt-version 5 --qos 0 --topic-aliases");
            passes(port, "pair --pairs 4 --mqtt-version 5 --qos 1 --user-properties 3 --message-expiry 60");
            passes(port, "pair --pairs 4 --mqtt-version 5 --qos 2 --receive-maximum 2 --persistent");
            passes(port, "connect --mqtt-version 5 --clients 20 --duration 1s");
            for (String version : List.of("3", "5")) {
                Outcome shared = passes(
                        port,
                        "fan-out --mqtt-version " + version + " --share g --publishers 4 --subscribers 10 --qos 1");
                assertThat(shared.check("delivered")).isEqualTo(shared.check("sent"));
                assertThat(shared.json().path("members").path("smallest").asLong())
                        .isPositive();
            }
        }
    }

    private static Outcome passes(int port, String arguments) {
        List<String> all = new ArrayList<>(List.of(arguments.split(" ", -1)));
        boolean messages = !arguments.startsWith("connect");
        all.addAll(List.of((messages ? SHORT : " --json -").strip().split(" ", -1)));
        all.addAll(List.of("--port", Integer.toString(port)));
        Outcome outcome = Outcome.of(all.toArray(String[]::new));
        assertThat(outcome.exit()).as(arguments + ": " + outcome.err()).isZero();
        return outcome;
    }
}
