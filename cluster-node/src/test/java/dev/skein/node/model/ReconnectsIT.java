package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who connects all the time is answered later; others are not. */
@SuppressWarnings("NullAway.Init")
class ReconnectsIT {
    private static final String SETTINGS = """
            skein.admission.reconnects { client = 5, address = 50, window = 1m, max-delay = 200ms }
            """;

    @TempDir
    private static Path directory;

    private static ModelNode node;

    @BeforeAll
    static void start() {
        node = ModelNode.start(directory, SETTINGS);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static double slowed(String scope) {
        String series = "skein_connects_slowed_total{scope=\"" + scope + "\"} ";
        return node.page("/metrics")
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow();
    }

    private static void connect(String clientId) {
        try (Device device = node.stranger(clientId)) {
            device.connect();
        }
    }

    @Test
    void clientThatConnectsAllTheTimeIsSlowedAndLetIn() {
        double before = slowed("client");
        for (int i = 0; i < 8; i++) {
            connect("restless");
        }
        assertThat(slowed("client")).isEqualTo(before + 3);
        connect("quiet");
        assertThat(slowed("client")).isEqualTo(before + 3);
    }

    @Test
    void addressIsSlowedWhateverClientIdsComeFromIt() {
        double client = slowed("client");
        double address = slowed("address");
        for (int i = 0; i < 60; i++) {
            connect("changing-" + i);
        }
        assertThat(slowed("address")).isGreaterThan(address);
        assertThat(slowed("client")).isEqualTo(client);
    }

    @Test
    void clientThatGivesUpWhileItWaitsLeavesNothing() {
        for (int i = 0; i < 5; i++) {
            connect("impatient");
        }
        for (int i = 0; i < 20; i++) {
            node.stranger("impatient").connectAndGoAway();
        }
        connect("impatient");
        Waiting.until("nobody waits", () -> node.page("/metrics").contains("skein_connects_slowed_waiting 0.0"));
    }
}
