package dev.skein.node.control;

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

    /** A request's header as a whole: such a URI, and more than any client sends beside it. */
    private static final int HEADER_MAX = URI_MAX + 56 * 1024;

    private static final String HEALTH = "health";
    private static final int HEALTH_HEADER_MAX = 16 * 1024;

    /** How long the last answers may take from the handler to the socket. */
    private static final Duration WRITE_GRACE = Duration.ofMillis(500);

    private final HttpPort port;
    private final ExecutorService scrapes;
    private final InFlight inFlight;

    private ControlServer(HttpPort port, ExecutorService scrapes, InFlight inFlight) {
        this.port = port;
        this.scrapes = scrapes;
        this.inFlight = inFlight;
    }

    /**
     * Begins to listen for everything; {@code settings} must be enabled.
     *
     * @return fails, naming the key, when the port cannot be had
     */
    public static CompletionStage<ControlServer> start(
            ActorSystem<?> system, HttpSettings settings, ControlPorts ports) {
        HttpPort.Spec spec =
                new HttpPort.Spec("http", settings.hosts(), settings.port(), HEADER_MAX, settings.limits());
        return start(spec, system, settings, ports, ports.service(), ControlRoutes::all);
    }

    /**
     * Begins to listen for health checks alone; {@code health} must be enabled.
     *
     * @param settings of the other port, whose limits hold here, too, each port counting for itself
     * @return fails, naming the key, when the port cannot be had
     */
    public static CompletionStage<ControlServer> startHealth(
            ActorSystem<?> system, HealthSettings health, HttpSettings settings, ControlPorts ports) {
        HttpPort.Spec spec =
                new HttpPort.Spec(HEALTH, health.hosts(), health.port(), HEALTH_HEADER_MAX, settings.limits());
        return start(spec, system, settings, ports, ServiceApi.NONE, ControlRoutes::health);
    }

    private static CompletionStage<ControlServer> start(
            HttpPort.Spec spec,
            ActorSystem<?> system,
            HttpSettings settings,
            ControlPorts ports,
            ServiceApi service,
            java.util.function.Function<ControlRoutes, List<Endpoint>> endpoints) {
        ExecutorService scrapes = Executors.newVirtualThreadPerTaskExecutor();
        ControlRoutes routes = new ControlRoutes(ports, new Scrapes(ports.metrics(), scrapes));
        RequestHandler handler = new RequestHandler(system, settings, endpoints.apply(routes), service);
        InFlight inFlight = new InFlight();
        return HttpPort.open(
                        spec, system, serverSettings(system, settings), counting(inFlight, handler), ports.counters())
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        scrapes.close();
                    }
                })
                .thenApply(port -> new ControlServer(port, scrapes, inFlight));
    }

    /** {@code http} or {@code health}. */
    public String name() {
        return port.name();
    }

    /** The first address where it listens, with the real port. */
    public InetSocketAddress address() {
        return port.address();
    }

    /**
     * Takes no new connections, waits for requests under way, then closes what is left.
     *
     * @param deadline longest wait for requests; closing takes up to a second more
     */
    public CompletionStage<Done> stop(Duration deadline) {
        var graceOver = CompletableFuture.delayedExecutor(WRITE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
        return port.unbind()
                .thenCompose(_ -> inFlight.idle()
                        .toCompletableFuture()
                        .completeOnTimeout(Done.getInstance(), deadline.toMillis(), TimeUnit.MILLISECONDS))
                .thenApplyAsync(
                        _ -> {
                            port.end();
                            scrapes.shutdown();
                            return Done.getInstance();
                        },
                        graceOver);
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
