package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.loadtest.TinyBroker.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two workers and a leading process, all in this JVM, over real sockets. */
class WorkerTest {
    private static final String FILE = """
            about = "many to few, names out of order"
            drain = 2 s
            groups {
              zoo { count = 5, client-id = "zoo{run}{n}", subscribe = [{ filter = "q/{run}/{n}/+", qos = 1 }] }
              ants { count = 20, client-id = "ant{run}{n}" }
            }
            flows { walk { from = ants, topic = "q/{run}/{n%zoo}/{n}", qos = 1, size = 16, rate = 20 } }
            phases = [{ connect = [zoo, ants] }, { run = 1 s }]
            """;

    @TempDir
    private Path directory = Path.of("");

    /** Starts a worker that ends with this JVM; returns its address. */
    private static String startWorker() throws IOException {
        PipedInputStream in = new PipedInputStream();
        PrintWriter out = new PrintWriter(new PipedOutputStream(in), true, StandardCharsets.UTF_8);
        Thread worker = new Thread(() ->
                SkeinLoad.commandLine().setOut(out).execute("worker", "--listen", "127.0.0.1:0", "--threads", "1"));
        worker.setDaemon(true);
        worker.start();
        String ready = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        assertThat(ready).startsWith("skein-load worker ready ");
        return ready.substring(ready.lastIndexOf(' ') + 1);
    }

    @Test
    void streamsAreCheckedAcrossWorkers() throws IOException {
        Path file = directory.resolve("mine.conf");
        Files.writeString(file, FILE);
        String workers = startWorker() + "," + startWorker();
        try (TinyBroker broker = TinyBroker.start(Fault.NONE)) {
            Outcome outcome = Outcome.against(broker, "scenario " + file + " --checks-only --workers " + workers);

            assertThat(outcome.exit()).as(outcome.err()).isZero();
            JsonNode json = outcome.json();
            assertThat(json.findValue("connections").path("opened").asInt()).isEqualTo(25);
            assertThat(outcome.err()).contains("2 processes", "flow walk to zoo: lost: 0");
        }
        try (TinyBroker broker = TinyBroker.start(Fault.LOSES)) {
            Outcome outcome = Outcome.against(broker, "scenario " + file + " --checks-only --workers " + workers);

            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.err()).contains("flow walk to zoo: lost: ");
        }
    }

    @Test
    void aWorkerThatIsNotThereIsNamed() throws IOException {
        Path file = directory.resolve("mine.conf");
        Files.writeString(file, FILE);
        try (TinyBroker broker = TinyBroker.start(Fault.NONE)) {
            Outcome outcome = Outcome.against(broker, "scenario " + file + " --workers 127.0.0.1:1");

            assertThat(outcome.exit()).isEqualTo(2);
            assertThat(outcome.err()).contains("worker 127.0.0.1:1: Connection refused");
        }
    }
}
