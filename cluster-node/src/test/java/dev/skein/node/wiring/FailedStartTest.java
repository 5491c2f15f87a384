package dev.skein.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.reliability.Waiting;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails leaves nothing open: the process may try again, as one does that the cluster has downed. */
class FailedStartTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** Threads of a node: the store's, the pool's, those of connections and of actors. */
    private static final List<String> NAMES = List.of("skein", "Hikari", "H2", "MVStore", "Sweep", "Commit");

    @TempDir
    private Path directory = Path.of("");

    private final Set<Thread> before = threads();

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> NAMES.stream().anyMatch(each.getName()::contains))
                .collect(Collectors.toSet());
    }

    private Config config(String settings) {
        return ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseString("""
                                skein.listeners { mqtt.port = 0, mqtts.enabled = false, ws.enabled = false, wss.enabled = false }
                                skein.http.port = 0
                                skein.storage.directory = "%s"
                                """.formatted(directory)))
                .withFallback(ConfigFactory.parseResources("skein-pekko.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
    }

    private Set<Thread> left() {
        Set<Thread> now = threads();
        now.removeAll(before);
        return now;
    }

    private void leavesNothing() {
        long since = System.nanoTime();
        while (!left().isEmpty()) {
            assertThat(Duration.ofNanos(System.nanoTime() - since))
                    .as(() -> "left: " + left())
                    .isLessThan(DEADLINE);
            Waiting.pause(Duration.ofMillis(50)); // between two looks
        }
    }

    private void startsAfterwards() throws Exception {
        SkeinNode node = SkeinNode.start(config("")).toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(threads()).as("names of threads").hasSizeGreaterThan(before.size());
        node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        leavesNothing();
    }

    @Test
    void withoutActors() throws Exception {
        assertThatThrownBy(() -> SkeinNode.start(config("pekko.actor.provider = nonsense")))
                .isInstanceOf(Exception.class);
        leavesNothing();
        startsAfterwards();
    }

    @Test
    void withoutItsPorts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            for (String key : List.of("skein.http.port", "skein.listeners.mqtt.port")) {
                assertThatThrownBy(() -> SkeinNode.start(
                                        config(key + " = " + taken.getLocalPort() + ", skein.http.host = 127.0.0.1"))
                                .toCompletableFuture()
                                .get(60, TimeUnit.SECONDS))
                        .hasMessageContaining(key);
                leavesNothing();
            }
        }
        startsAfterwards();
    }
}
