package dev.skein.node.control;

import dev.skein.node.net.AddressCounts;
import dev.skein.node.net.AddressGroup;
import dev.skein.node.net.Hosts;
import dev.skein.node.net.LimitedLog;
import dev.skein.node.net.OnePort;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.TLSPlacebo;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open HTTP port. It holds its own against strangers: connections are bounded in all and by address, and a request
 * whose header does not come, or is too much, ends its connection. Thread-safe.
 */
final class HttpPort {
    private static final Logger LOG = LoggerFactory.getLogger(HttpPort.class);
    private static final int LINES_PER_SECOND = 5;
    private static final int BACKLOG = 1024;

    private final Spec spec;
    private final ActorSystem<?> system;
    private final ServerSettings server;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    private final HttpCounters counters;
    private final AddressCounts<AddressGroup> connections;
    private final AtomicLong headerBytes = new AtomicLong(); // of requests that have not come as a whole
    private final Set<SharedKillSwitch> open = ConcurrentHashMap.newKeySet();
    private final LimitedLog log = new LimitedLog(LOG, LINES_PER_SECOND, System::nanoTime);
    private List<Tcp.ServerBinding> bindings = List.of(); // one for each address

    /**
     * Where and what it is.
     *
     * @param name {@code http} or {@code health}: section of its settings below {@code skein}
     * @param header bytes of a request's header at the most
     */
    record Spec(String name, Hosts hosts, int port, int header, HttpLimits limits) {}

    private HttpPort(
            Spec spec,
            ActorSystem<?> system,
            ServerSettings server,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler,
            HttpCounters counters) {
        this.spec = spec;
        this.system = system;
        this.server = server;
        this.handler = handler;
        this.counters = counters;
        this.connections = new AddressCounts<>(
                spec.limits().maxConnections(), spec.limits().maxPerAddress());
    }

    /**
     * Begins to listen.
     *
     * @return fails, naming the key, when the port cannot be had
     */
    static CompletionStage<HttpPort> open(
            Spec spec,
            ActorSystem<?> system,
            ServerSettings server,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler,
            HttpCounters counters) {
        HttpPort port = new HttpPort(spec, system, server, handler, counters);
        return port.new Sockets().bindAll(spec.hosts().toBind(), spec.port()).thenApply(bindings -> {
            port.bindings = bindings;
            return port;
        });
    }

    private final class Sockets implements OnePort<Tcp.ServerBinding> {
        @Override
        public CompletionStage<Tcp.ServerBinding> bind(String host, int port) {
            return Tcp.get(system)
                    .bind(
                            host,
                            port,
                            BACKLOG,
                            List.of(),
                            false,
                            Optional.of(spec.limits().idleTimeout()))
                    .to(Sink.foreach(HttpPort.this::accept))
                    .run(system)
                    .exceptionallyCompose(failure -> CompletableFuture.failedStage(new IllegalStateException(
                            "skein.%s.port: %s:%d (expected: an address and port that are free)"
                                    .formatted(spec.name(), host, port),
                            failure)));
        }

        @Override
        public int port(Tcp.ServerBinding bound) {
            return bound.localAddress().getPort();
        }

        @Override
        public CompletionStage<?> close(Tcp.ServerBinding bound) {
            return bound.unbind();
        }
    }

    private void accept(Tcp.IncomingConnection connection) {
        InetSocketAddress remote = connection.remoteAddress();
        switch (connections.add(AddressGroup.of(remote.getAddress()))) {
            case ADDED -> serve(connection);
            case FULL -> refuse(connection, "max-connections", spec.limits().maxConnections());
            case ADDRESS_FULL ->
                refuse(connection, "max-connections-per-address", spec.limits().maxPerAddress());
        }
    }

    private void refuse(Tcp.IncomingConnection connection, String reason, int limit) {
        refused(connection.remoteAddress(), reason, "skein.http." + reason + ": " + limit);
        var _ = connection.handleWith(Flow.fromSinkAndSource(Sink.cancelled(), Source.empty()), system);
    }

    private void refused(InetSocketAddress remote, String reason, String detail) {
        counters.refused(spec.name(), reason);
        log.info(spec.name(), remote, reason, detail);
    }

    private void serve(Tcp.IncomingConnection connection) {
        InetSocketAddress remote = connection.remoteAddress();
        counters.opened(spec.name());
        HeaderWatch watch = new HeaderWatch(
                spec.limits(), spec.header(), headerBytes, (reason, detail) -> refused(remote, reason, detail));
        SharedKillSwitch end = KillSwitches.shared(spec.name());
        open.add(end);
        Flow<ByteString, ByteString, NotUsed> http = Flow.of(HttpRequest.class)
                .map(watch::came)
                .mapAsync(1, handler)
                .map(watch::answered)
                .join(Http.get(system).serverLayer(server, Optional.of(remote)).atop(plain()));
        Flow<ByteString, ByteString, CompletionStage<Done>> whole = Flow.of(ByteString.class)
                .via(end.flow())
                .via(watch)
                .via(http)
                .via(new AnswerPieces(watch))
                .via(end.flow())
                .watchTermination(Keep.right());
        var _ = connection.handleWith(whole, system).whenComplete((_, _) -> {
            open.remove(end);
            connections.remove(AddressGroup.of(remote.getAddress()));
            counters.closed(spec.name());
        });
    }

    /** No TLS, in the types of the layer above it. */
    @SuppressWarnings("unchecked") // what comes in are bytes of a session, one kind of what the layer takes
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
        return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>)
                (BidiFlow<SslTlsOutbound, ByteString, ByteString, ?, NotUsed>) TLSPlacebo.getInstance();
    }

    String name() {
        return spec.name();
    }

    /** The first address where it listens, with the real port. */
    InetSocketAddress address() {
        return bindings.getFirst().localAddress();
    }

    /** Takes no new connections. */
    CompletionStage<Void> unbind() {
        return CompletableFuture.allOf(bindings.stream()
                .map(binding -> binding.unbind().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Closes the connections that are left. */
    void end() {
        open.forEach(SharedKillSwitch::shutdown);
    }
}
