package dev.skein.node.trust;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.scaladsl.Tcp;
import org.apache.pekko.util.ByteString;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration$;
import scala.jdk.javaapi.FutureConverters;

/**
 * The port at which other nodes reach this one. It stands in place of Artery's own: each connection shows a certificate
 * in time, {@link LinkCheck} reads along, and who is refused is told by his address.
 */
public final class NodePort {
    private static final int BACKLOG = 100;

    private final ArteryInbound artery;
    private final LinkContexts contexts;
    private final LinkCheck.Limits limits;
    private final Visitors visitors;
    private final ClaimedHosts hosts = new ClaimedHosts();
    private final Materializer materializer;

    private NodePort(
            ArteryInbound artery,
            LinkContexts contexts,
            LinkCheck.Limits limits,
            Consumer<String> refused,
            Materializer materializer) {
        this.artery = artery;
        this.contexts = contexts;
        this.limits = limits;
        this.visitors = new Visitors(refused);
        this.materializer = materializer;
    }

    /**
     * Opens the port, once Artery has started with one of its own that nobody is told of, and closes that.
     *
     * @param patience in which a connection has to show that it is a node's
     * @param refused told the reason of each refusal
     * @return completes when it is open; fails when the address is not free
     */
    public static CompletionStage<Done> open(
            ActorSystem system,
            InetSocketAddress at,
            LinkContexts contexts,
            Duration patience,
            Consumer<String> refused) {
        ArteryInbound artery = ArteryInbound.of(system);
        Materializer materializer = SystemMaterializer.get(system).materializer();
        LinkCheck.Limits limits = new LinkCheck.Limits(patience, artery.frameMax());
        NodePort port = new NodePort(artery, contexts, limits, refused, materializer);
        Tcp.ServerBinding first = artery.binding();
        return FutureConverters.asJava(first.unbind())
                .thenCompose(_ -> port.bind(system, at))
                .thenApply(binding -> {
                    artery.setBinding(binding);
                    return Done.getInstance();
                });
    }

    private CompletionStage<Tcp.ServerBinding> bind(ActorSystem system, InetSocketAddress at) {
        org.apache.pekko.stream.scaladsl.Source<Tcp.IncomingConnection, Future<Tcp.ServerBinding>> connections =
                Tcp.get(system)
                        .bind(
                                at.getHostString(),
                                at.getPort(),
                                BACKLOG,
                                scala.collection.immutable.List$.MODULE$.empty(),
                                false,
                                Duration$.MODULE$.Inf());
        Source<Tcp.IncomingConnection, Future<Tcp.ServerBinding>> source = connections.asJava();
        return FutureConverters.asJava(source.to(Sink.foreach(this::accept)).run(materializer));
    }

    private void accept(Tcp.IncomingConnection connection) {
        InetSocketAddress remote = connection.remoteAddress();
        if (!visitors.enter(remote.getAddress())) {
            visitors.refused(remote, Refusal.TOO_MANY, Visitors.BOUNDS);
            connection.handleWith(
                    Flow.<ByteString, ByteString>fromSinkAndSource(Sink.cancelled(), Source.empty())
                            .asScala(),
                    materializer);
            return;
        }
        LinkCheck check = new LinkCheck(remote, visitors, limits, hosts, contexts.server());
        var _ = artery.flow()
                .thenAccept(flow -> connection.handleWith(
                        BidiFlow.fromGraph(check).join(flow.asJava()).asScala(), materializer));
    }
}
