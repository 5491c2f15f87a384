package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.RegistryReply;
import dev.skein.node.wiring.RegistryOf;
import dev.skein.node.wiring.SkeinNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/** A node in this process, on free ports. */
final class ModelNode implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NETWORK = """
            skein.listeners { mqtt.port = 0, mqtts.enabled = false, ws.enabled = false, wss.enabled = false }
            skein.http.port = 0
            skein.auth { failures-burst = 10000, failures-per-second = 1000 }
            skein.admission.reconnects.client = 0
            skein.storage.directory = "{directory}"
            """;

    private final SkeinNode node;
    private final HttpClient http = HttpClient.newHttpClient();

    private ModelNode(SkeinNode node) {
        this.node = node;
    }

    /** Answer of the control API. */
    record Reply(int status, JsonNode json) {}

    /** Starts a node on {@code directory} and waits until it serves; {@code settings} is HOCON. */
    static ModelNode start(Path directory, String settings) {
        Config config = ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseString(NETWORK.replace("{directory}", directory.toString())))
                .withFallback(ConfigFactory.parseResources("skein-pekko.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
        return new ModelNode(get(SkeinNode.start(config)));
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    InetSocketAddress address() {
        return node.listeners().getFirst().address();
    }

    /** Where the listener of that name is. */
    InetSocketAddress address(String listener) {
        return node.listeners().stream()
                .filter(each -> each.name().equals(listener))
                .findFirst()
                .orElseThrow()
                .address();
    }

    /** A client of {@code instance} with the right signature, not yet connected. */
    Device device(String instance, String clientId) {
        return new Device(address(), clientId).signed("YYYYY", "XXXXX", instance);
    }

    /** A client without credentials. */
    Device stranger(String clientId) {
        return new Device(address(), clientId);
    }

    /** Host and port of its HTTP APIs. */
    String http() {
        InetSocketAddress api = Objects.requireNonNull(node.httpAddress());
        return api.getHostString() + ":" + api.getPort();
    }

    /** Calls the API of the service, with the key of every instance. */
    ServiceClient service() {
        return service("YYYYY", "XXXXX");
    }

    /** Calls the API of the service. */
    ServiceClient service(String keyId, String secret) {
        return new ServiceClient(Objects.requireNonNull(node.httpAddress()), keyId, secret);
    }

    /** Sends a request to the control API; {@code body} is JSON, empty for none. */
    Reply api(String method, String path, String body) {
        InetSocketAddress api = Objects.requireNonNull(node.httpAddress());
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + api.getHostString() + ":" + api.getPort() + "/api/v1" + path))
                .timeout(DEADLINE)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            String text = response.body();
            return new Reply(response.statusCode(), JSON.readTree(text.isEmpty() ? "{}" : text));
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Changes an instance while the node runs, as another node might; returns when this one knows. */
    void change(String instance, Function<ActorRef<RegistryReply.ChangeReply>, RegistryCommand> command) {
        assertThat(get(RegistryOf.node(node).change(instance, command))).isInstanceOf(RegistryReply.Done.class);
    }

    /** A page outside the API, such as {@code /metrics}. */
    String page(String path) {
        InetSocketAddress api = Objects.requireNonNull(node.httpAddress());
        URI uri = URI.create("http://" + api.getHostString() + ":" + api.getPort() + path);
        try {
            return http.send(
                            HttpRequest.newBuilder(uri).timeout(DEADLINE).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new IllegalStateException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the control API says of a client. */
    Reply client(String instance, String clientId) {
        return api("GET", "/instances/" + instance + "/clients/" + encode(clientId), "");
    }

    static String encode(String pathSegment) {
        return URLEncoder.encode(pathSegment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        http.close();
        get(node.stop());
    }
}
