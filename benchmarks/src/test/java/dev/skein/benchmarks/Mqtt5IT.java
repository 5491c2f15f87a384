package dev.skein.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.SkeinLoad;
import java.io.PrintWriter;
import java.io.StringWriter;
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
                String shared = passes(
                        port,
                        "fan-out --mqtt-version " + version + " --share g --publishers 4 --subscribers 10 --qos 1");
                assertThat(shared).containsPattern("\"smallest\" *: *[1-9]");
            }
        }
    }

    /** The report; what was lost, doubled or out of order fails the run. */
    private static String passes(int port, String arguments) {
        List<String> all = new ArrayList<>(List.of(arguments.split(" ", -1)));
        boolean messages = !arguments.startsWith("connect");
        all.addAll(List.of((messages ? SHORT : " --json -").strip().split(" ", -1)));
        all.addAll(List.of("--port", Integer.toString(port)));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = SkeinLoad.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        assertThat(exit).as(arguments + ": " + err).isZero();
        return out.toString();
    }
}
