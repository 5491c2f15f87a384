package dev.skein.node.control;

import dev.skein.node.net.OnePort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import scala.jdk.javaapi.DurationConverters;

/** The HTTP server of a node: control API, health and metrics. Thread-safe; blocks no dispatcher thread. */
public final class ControlServer {
    /** A client ID of 65,535 bytes, each percent-encoded, and the rest of the path. */
    private static final int URI_MAX = 200_000;

    /**
     * How long the last answers may take from the handler to the socket. Terminating the HTTP server cuts every
     * connection that waits for no answer, even while one is still being written.
     */
    private static final Duration WRITE_GRACE = Duration.ofMillis(500);

    private final List<ServerBinding> bindings; // one for each address
    private final ExecutorService scrapes;
    private final InFlight inFlight;

    private ControlServer(List<ServerBinding> bindings, ExecutorService scrapes, InFlight inFlight) {
        this.bindings = bindings;
        this.scrapes = scrapes;
        this.inFlight = inFlight;
    }

    /**
     * Begins to listen; {@code settings} must be enabled.
     *
     * @return fails, naming the key, when the port cannot be had
     */
    public static CompletionStage<ControlServer> start(
            ActorSystem<?> system, HttpSettings settings, ControlPorts ports) {
        ExecutorService scrapes = Executors.newVirtualThreadPerTaskExecutor();
        ControlRoutes routes = new ControlRoutes(ports, new Scrapes(ports.metrics(), scrapes));
        RequestHandler handler = new RequestHandler(system, settings, routes);
        InFlight inFlight = new InFlight();
        return new Bindings(system, settings, counting(inFlight, handler))
                .bindAll(settings.hosts().toBind(), settings.port())
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        scrapes.close();
                    }
                })
                .thenApply(bindings -> new ControlServer(bindings, scrapes, inFlight));
    }

    private record Bindings(
            ActorSystem<?> system, HttpSettings settings, Function<HttpRequest, CompletionStage<HttpResponse>> handler)
            implements OnePort<ServerBinding> {
        @Override
        public CompletionStage<ServerBinding> bind(String host, int port) {
            return Http.get(system)
                    .newServerAt(host, port)
                    .withSettings(serverSettings(system, settings))
                    .bind(handler)
                    .exceptionallyCompose(failure -> CompletableFuture.failedStage(new IllegalStateException(
                            "skein.http.port: %s:%d (expected: an address and port that are free)"
                                    .formatted(host, port),
                            failure)));
        }

        @Override
        public int port(ServerBinding bound) {
            return bound.localAddress().getPort();
        }

        @Override
        public CompletionStage<?> close(ServerBinding bound) {
            return bound.unbind();
        }
    }

    /** The first address where it listens, with the real port. */
    public InetSocketAddress address() {
        return bindings.getFirst().localAddress();
    }

    /**
     * Takes no new connections, waits for requests under way, then closes what is left.
     *
     * @param deadline longest wait for requests; closing takes up to a second more
     */
    public CompletionStage<Done> stop(Duration deadline) {
        var graceOver = CompletableFuture.delayedExecutor(WRITE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
        return all(ServerBinding::unbind)
                .thenCompose(_ -> inFlight.idle()
                        .toCompletableFuture()
                        .completeOnTimeout(Done.getInstance(), deadline.toMillis(), TimeUnit.MILLISECONDS))
                .thenComposeAsync(_ -> all(binding -> binding.terminate(WRITE_GRACE)), graceOver)
                .thenApply(_ -> {
                    scrapes.shutdown();
                    return Done.getInstance();
                });
    }

    private CompletionStage<Void> all(java.util.function.Function<ServerBinding, CompletionStage<?>> ending) {
        return CompletableFuture.allOf(bindings.stream()
                .map(binding -> ending.apply(binding).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    private static Function<HttpRequest, CompletionStage<HttpResponse>> counting(
            InFlight inFlight, RequestHandler handler) {
        return request -> {
            inFlight.begin();
            return handler.handle(request)
                    .whenComplete((_, _) -> inFlight.end())
                    .thenApply(response ->
                            inFlight.stopping() ? response.addHeader(Connection.create("close")) : response);
        };
    }

    private static ServerSettings serverSettings(ActorSystem<?> system, HttpSettings settings) {
        ServerSettings defaults = ServerSettings.create(system.classicSystem());
        // Ours come first: reading the body and waiting for the node have a bound each, with an answer in JSON.
        Duration requestTimeout = settings.answerTimeout().multipliedBy(2).plusSeconds(1);
        return defaults.withServerHeader(Optional.empty())
                .withRemoteAddressAttribute(true)
                .withRawRequestUriHeader(true)
                .withParsingErrorHandler(MalformedRequests.class.getName())
                .withTimeouts(defaults.getTimeouts().withRequestTimeout(DurationConverters.toScala(requestTimeout)))
                .withParserSettings(defaults.getParserSettings()
                        .withMaxUriLength(URI_MAX)
                        .withMaxContentLength(settings.maxBodyBytes()));
    }
}
