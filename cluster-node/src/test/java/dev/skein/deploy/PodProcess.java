package dev.skein.deploy;

import dev.skein.node.reliability.StartCache;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pod as a process: the image's start command with the environment that the StatefulSet gives. The pod's address is
 * one of the loopback network, and a hosts file stands for the cluster's DNS.
 */
final class PodProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(4);
    private static final Duration HTTP_DEADLINE = Duration.ofSeconds(5);

    private final String name;
    private final String address;
    private final Path home;
    private final Map<String, String> environment;
    private final List<String> arguments;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(HTTP_DEADLINE).build();
    private @Nullable Process process;

    /**
     * What all pods have in common.
     *
     * @param home takes logs, and has the hosts file
     * @param variables of the container
     * @param secrets {@code secret/key} and value
     * @param database URL, with the port that the database has here
     * @param arguments after those of the container
     */
    record Cluster(
            Path home, List<EnvVar> variables, Map<String, String> secrets, String database, List<String> arguments) {}

    PodProcess(Cluster cluster, String name, String address) {
        this.name = name;
        this.address = address;
        this.home = cluster.home();
        this.arguments = cluster.arguments();
        this.environment = Pod.environment(cluster.variables(), name, address, cluster.secrets());
        // Where a pod has a network of its own, here it has an address of its own.
        for (String listener : List.of("LISTENERS_MQTT", "LISTENERS_WS", "HTTP", "HEALTH")) {
            environment.put("SKEIN_" + listener + "_HOST", address);
        }
        environment.put("SKEIN_STORAGE_JDBC_URL", cluster.database());
        ClusterSecret.mount(environment, home);
    }

    /** The kubelet starts the container. */
    PodProcess start() {
        StartCache.use();
        List<String> command = new ArrayList<>();
        for (String word : Stream.concat(
                        Image.words("ENTRYPOINT").stream(), Pod.container(Pod.base()).getArgs().stream())
                .toList()) {
            command.add(
                    switch (word) {
                        case "java" ->
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString();
                        case "@/opt/skein/classpath" -> "@" + classpath();
                        case "-XX:AOTCache=/opt/skein/skein.aot" -> "-XX:AOTCache=" + StartCache.FILE;
                        case "/etc/skein/skein.conf" ->
                            Manifests.BASE.resolve("skein.conf").toString();
                        case "/var/lib/skein" -> home.resolve(name).toString();
                        default -> word;
                    });
        }
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment()
                .put(
                        "JAVA_TOOL_OPTIONS",
                        "-Xmx256m -XX:TieredStopAtLevel=1 -Djdk.net.hosts.file=" + home.resolve("hosts"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** As the image makes it: all jars in one line; in the order that the start-up cache was made with. */
    private Path classpath() {
        Path target = Path.of("target").toAbsolutePath();
        try (Stream<Path> libraries = Files.list(target.resolve("lib"));
                Stream<Path> built = Files.list(target)) {
            String jars = Stream.concat(built, libraries.sorted())
                    .map(Path::toString)
                    .filter(jar -> jar.endsWith(".jar") && !jar.contains("-tests"))
                    .collect(Collectors.joining(":"));
            return Files.writeString(home.resolve(name + ".classpath"), "-cp\n" + jars);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private File log() {
        return home.resolve(name + ".log").toFile();
    }

    String address() {
        return address;
    }

    /** The readiness probe, once. */
    boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + ":8080/health/ready"))
                .timeout(HTTP_DEADLINE)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the readiness probe. */
    PodProcess awaitReady() {
        await(name + " ready", () -> {
            if (process == null || !process.isAlive()) {
                throw new AssertionError(name + " ended:\n" + tail());
            }
            return isReady();
        });
        return this;
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log().toPath());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until {@code condition} holds. */
    void await(String what, BooleanSupplier condition) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - since > DEADLINE.toNanos()) {
                throw new AssertionError(what + ": not within " + DEADLINE + "\n" + tail());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** The pod is gone at once. */
    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** The kubelet ends the container: SIGTERM and the grace period. */
    int terminate() throws InterruptedException {
        long grace = Pod.base().getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds();
        running().destroy();
        if (!running().waitFor(grace, TimeUnit.SECONDS)) {
            throw new AssertionError(name + ": alive after " + grace + " s\n" + tail());
        }
        return running().exitValue();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + ": not started");
        }
        return process;
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
        http.close();
    }
}
