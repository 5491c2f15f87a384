package dev.skein.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.skein.node.reliability.Lanes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The shell commands of README.md and docs/operations.md, run as they are printed. */
@Tag("mostly-waiting")
@Timeout(600)
@Order(1)
@ResourceLock(Lanes.SECOND)
class DocumentedCommandsIT {
    private static final Path README = Path.of("..", "README.md");
    private static final Path OPERATIONS = Path.of("..", "docs", "operations.md");
    private static final String PUBLISHED = "garden/north/soil 0.31";

    /** How the blocks begin that the tests below run. */
    private static final List<String> RUN = List.of(
            "cluster-node/bin/skein run  ",
            "cluster-node/bin/skein run --config",
            "mosquitto_sub -t",
            "mosquitto_sub -h",
            "cluster-node/bin/skein clients list",
            "cluster-node/bin/skein --version",
            "cluster-node/bin/skein drain",
            "pg_dump",
            "pg_restore");

    /** How the commands begin that no test runs, and why. */
    private static final Map<String, String> NOT_RUN = Map.ofEntries(
            Map.entry("mvn -B verify", "it is what runs this test"),
            Map.entry("sudo apt install postgresql mosquitto-clients", ".ci/run has done so"),
            Map.entry(
                    "docker build -f k8s/Dockerfile", "there is no Docker; ImageTest holds the file against the code"),
            Map.entry("skein store ", "StoreCommandTest runs each of them on a store of its own"),
            Map.entry("docker push", "there is no registry"),
            Map.entry("docker run --rm -it registry.example.com/skein:0.1.0 hash-password", "there is no Docker"),
            Map.entry("kubectl apply -k", "there is no Kubernetes cluster; ManifestsTest reads what is applied"),
            Map.entry(
                    "cluster-node/bin/skein cluster certificates --out certificates '*.skein-nodes'",
                    "the Secret is for a Kubernetes cluster; CertificatesCommandTest makes the files"),
            Map.entry("kubectl create namespace skein", "there is no Kubernetes cluster"),
            Map.entry("kubectl -n skein ", "there is no Kubernetes cluster"),
            Map.entry(
                    "openssl s_client -connect HOST:8883",
                    "HOST is a cluster's; TlsListenerTest looks at what is shown"));

    @TempDir
    private Path home;

    private ShellBlocks readme = new ShellBlocks(List.of());
    private ShellBlocks operations = new ShellBlocks(List.of());

    @BeforeEach
    void readDocuments() throws IOException {
        readme = ShellBlocks.of(README);
        operations = ShellBlocks.of(OPERATIONS);
    }

    @Test
    void everyCommandIsRunOrNamedWithTheReasonWhyNot() {
        List<String> blocks = new ArrayList<>(readme.blocks());
        blocks.addAll(operations.blocks());
        assertThat(blocks).hasSizeGreaterThan(20);
        blocks.stream()
                .filter(block -> RUN.stream().noneMatch(block::startsWith))
                .flatMap(block -> ShellBlocks.commands(block).stream())
                .forEach(command -> assertThat(NOT_RUN.keySet())
                        .as("a command that is neither run nor named: " + command)
                        .anyMatch(command::startsWith));
        RUN.forEach(begin -> assertThat(blocks).as(begin).anyMatch(block -> block.startsWith(begin)));
        NOT_RUN.keySet()
                .forEach(begin -> assertThat(blocks.stream().flatMap(block -> ShellBlocks.commands(block).stream()))
                        .as(begin)
                        .anyMatch(command -> command.startsWith(begin)));
    }

    @Test
    void commandsOfTheReadmeWork() throws Exception {
        assumeThat(Machine.isPossible()).as("root, and what .ci/run installs").isTrue();
        try (Machine machine = Machine.in(home)) {
            Terminal node = machine.terminal();
            Terminal other = machine.terminal();
            node.type(readme.block("cluster-node/bin/skein run  ").strip());
            node.await("skein ready mqtt=127.0.0.1:1883 ws=127.0.0.1:8083 http=127.0.0.1:8080", 1);
            subscribeAndPublish(readme.block("mosquitto_sub -t"), other);
            node.endNodes();
            node.type(readme.block("cluster-node/bin/skein run --config").strip());
            node.await("skein ready ", 2);
            runAll(readme.block("cluster-node/bin/skein clients list"), other);
            assertThat(other.screen()).contains("created alarms", "\"status\":\"ok\"");
        }
    }

    @Test
    void commandsOfOperationsWork() throws Exception {
        assumeThat(Machine.isPossible()).as("root, and what .ci/run installs").isTrue();
        try (Machine machine = Machine.in(home)) {
            Terminal nodes = machine.terminal();
            Terminal other = machine.terminal();
            runAll(operations.block("cluster-node/bin/skein --version"), nodes);
            nodes.await("skein ready ", 3);
            subscribeAndPublish(operations.block("mosquitto_sub -h"), other);
            runAll(operations.block("cluster-node/bin/skein drain"), other);
            assertThat(nodes.nodes()).as("the drained process is gone").hasSize(2);
            String draining = nodes.screen();
            assertThat(draining.substring(draining.indexOf("draining, as the control API was asked to")))
                    .doesNotContain(" ERROR ", "has been aborted");

            runAll(operations.block("pg_dump"), other);
            nodes.endNodes();
            runAll(operations.block("pg_restore"), other);
        }
    }

    private static void runAll(String block, Terminal terminal) throws InterruptedException {
        for (String command : ShellBlocks.commands(block)) {
            assertThat(terminal.run(command))
                    .as(() -> command + "\n" + terminal.screen())
                    .isZero();
        }
    }

    /** Its first command waits in the background for what the second one publishes; a person types more slowly. */
    private static void subscribeAndPublish(String block, Terminal terminal) throws InterruptedException {
        List<String> commands = ShellBlocks.commands(block);
        assertThat(terminal.run(commands.getFirst())).isZero();
        boolean heard = false;
        for (int times = 0; !heard && times < 20; times++) {
            assertThat(terminal.run(commands.get(1))).as(terminal::screen).isZero();
            heard = terminal.shows(PUBLISHED, 2);
        }
        assertThat(heard).as(terminal::screen).isTrue();
        for (String command : commands.subList(2, commands.size())) {
            assertThat(terminal.run(command))
                    .as(() -> command + "\n" + terminal.screen())
                    .isZero();
        }
    }
}
