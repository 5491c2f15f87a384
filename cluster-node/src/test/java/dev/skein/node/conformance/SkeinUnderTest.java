package dev.skein.node.conformance;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.auth.PasswordHashes;
import dev.skein.node.edge.BoundListener;
import dev.skein.node.registry.PasswordHashFormat;
import dev.skein.node.wiring.SkeinNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Skein in this process, on free ports and a database of its own. */
public final class SkeinUnderTest implements BrokerUnderTest {
    private static final long DEADLINE_SECONDS = 60;
    private static final int CHEAP_HASH = 4;

    /**
     * What the cases rely on: users, all with one password and two of them with a hash for SCRAM-SHA-256, topics
     * forbidden to one of them, no patience with a connection that says nothing.
     */
    private static final String SETTINGS = """
            skein.listeners { mqtt.port = 0, mqtts.enabled = false, ws.port = 0, wss.enabled = false }
            skein.http.port = 0
            skein.edge.connect-timeout = 6s
            skein.auth { failures-burst = 10000, failures-per-second = 1000 }
            skein.admission.reconnects.client = 0
            skein.mqtt.publish-window = 20
            skein.instances.default {
              anonymous = "loopback"
              users = [
                { name = "conformance", password-hash = "{scram}" }
                { name = "another", password-hash = "{scram}" }
                { name = "restricted", password-hash = "{hash}" }
              ]
              permissions = [
                { effect = deny, action = publish, users = ["restricted"], groups = [], clients = [], topics = ["nopublish/#"] }
                { effect = deny, action = subscribe, users = ["restricted"], groups = [], clients = [], topics = ["nosubscribe/#"] }
              ]
            }
            skein.storage.directory = "{directory}"
            """;

    private final SkeinNode node;
    private final Path directory;

    private SkeinUnderTest(SkeinNode node, Path directory) {
        this.node = node;
        this.directory = directory;
    }

    /** Starts a node and waits until it serves. */
    public static SkeinUnderTest start() {
        try {
            Path directory = Files.createTempDirectory("skein-conformance");
            String hash = BCrypt.withDefaults().hashToString(CHEAP_HASH, "secret".toCharArray());
            String scram = PasswordHashes.scram(
                    "secret".getBytes(StandardCharsets.UTF_8), PasswordHashFormat.ITERATIONS_MIN, new SecureRandom());
            Config config = ConfigFactory.parseString(SETTINGS.replace("{hash}", hash)
                            .replace("{scram}", scram)
                            .replace("{directory}", directory.toString()))
                    .withFallback(ConfigFactory.parseResources("skein-pekko.conf"))
                    .withFallback(ConfigFactory.defaultReferenceUnresolved())
                    .resolve();
            return new SkeinUnderTest(get(SkeinNode.start(config)), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private BoundListener listener(String name) {
        return node.listeners().stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "listener: " + name + " (expected: one of " + node.listeners() + ")"));
    }

    @Override
    public String name() {
        return "skein";
    }

    @Override
    public String host() {
        return listener("mqtt").address().getAddress().getHostAddress();
    }

    @Override
    public int mqttPort() {
        return listener("mqtt").address().getPort();
    }

    @Override
    public int wsPort() {
        return listener("ws").address().getPort();
    }

    @Override
    public void close() {
        get(node.stop());
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> {
                if (!file.delete()) {
                    file.deleteOnExit();
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
