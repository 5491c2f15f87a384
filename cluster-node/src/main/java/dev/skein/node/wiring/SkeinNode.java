package dev.skein.node.wiring;

import com.typesafe.config.Config;
import dev.skein.node.cluster.LinkTls;
import dev.skein.node.control.ControlServer;
import dev.skein.node.edge.BoundListener;
import dev.skein.node.edge.Listeners;
import dev.skein.node.edge.TlsSettings;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.trust.LinkContexts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node. {@link NodeStart} puts its parts together; {@link #stop} takes them apart again. */
public final class SkeinNode {
    private static final Logger LOG = LoggerFactory.getLogger(SkeinNode.class);
    private static final Duration HTTP_DEADLINE = Duration.ofSeconds(2);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RULES_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LOST_TIMEOUT = Duration.ofSeconds(2);

    private final Foundation base;
    private final MessagePlane plane;
    private final Joining joining;
    private final Serving serving;
    private final Interim interim;
    private final Ports ports;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean lost = new AtomicBoolean();

    /** An instance and its mode, {@code open} or {@code apsara}. */
    public record InstanceInfo(String id, String mode) {}

    private SkeinNode(
            Foundation base, MessagePlane plane, Joining joining, Serving serving, Interim interim, Ports ports) {
        this.base = base;
        this.plane = plane;
        this.joining = joining;
        this.serving = serving;
        this.interim = interim;
        this.ports = ports;
    }

    /** As {@link NodeStart#begin}, for a node that is not started anew when its cluster downs it. */
    public static CompletionStage<SkeinNode> start(Config whole) {
        return NodeStart.begin(whole, new Interim(false)).node();
    }

    /** A node whose parts have all begun; it ends with its actors, or when it is asked to drain. */
    static SkeinNode serve(
            Foundation base, MessagePlane plane, Joining joining, Serving serving, Interim interim, Ports ports) {
        SkeinNode node = new SkeinNode(base, plane, joining, serving, interim, ports);
        serving.opened(ports.listeners().bound().size());
        node.endWithActors();
        serving.drainAsked().thenRun(() -> {
            LOG.info("draining, as the control API was asked to");
            Logging.linksEnd();
            node.stop();
        });
        return node;
    }

    /** Listeners that are open. */
    public List<BoundListener> listeners() {
        return ports.listeners().bound();
    }

    /** Where the control API listens, or null when it is off. */
    public @Nullable InetSocketAddress httpAddress() {
        ControlServer control = ports.control();
        return control == null ? null : control.address();
    }

    /** Where the health checks have a port of their own, or null when they have none. */
    public @Nullable InetSocketAddress healthAddress() {
        ControlServer health = ports.health();
        return health == null ? null : health.address();
    }

    /** Instances by id. */
    public List<InstanceInfo> instances() {
        return base.registry().views().all().stream()
                .map(view -> new InstanceInfo(view.id(), view.mode().name().toLowerCase(Locale.ROOT)))
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /** The registry as this node sees it. */
    RegistryService registry() {
        return base.registry();
    }

    /** Name of this node in the cluster. */
    public String nodeId() {
        return base.membership().self().address();
    }

    /** Reads the certificates of {@code tls} now; see {@link Listeners#reload}. */
    public CompletionStage<Boolean> readCertificates(TlsSettings tls) {
        return ports.listeners().reload(tls);
    }

    /**
     * Reads the certificates of the links between nodes now.
     *
     * @return completes with false when there are none; fails when the files are not usable, and the certificates of
     *     before stay in use
     */
    public CompletionStage<Boolean> readCertificates(LinkTls tls) {
        LinkContexts links = base.links();
        return links == null
                ? CompletableFuture.completedFuture(false)
                : links.reload(tls).thenApply(_ -> true);
    }

    /** Whether it is a cluster of one by its configuration. */
    public boolean isAlone() {
        return !base.config().cluster().many();
    }

    /** Completes when the node has ended, by {@link #stop} or by itself. */
    public CompletionStage<Void> ended() {
        return ended;
    }

    /** Whether the cluster downed this node, or its actors ended without {@link #stop} having been called. */
    public boolean isLost() {
        return lost.get();
    }

    /** Whether an operator has asked it to end, through the control API. */
    public boolean isDrainAsked() {
        return serving.isDrainAsked();
    }

    /** How long the connections that it has now take to close. */
    public Duration drainTime() {
        int rate = lost.get() ? 0 : base.config().cluster().drainRate();
        return rate == 0
                ? Duration.ZERO
                : Duration.ofSeconds(plane.delivery().attachments().connectionCount() / rate);
    }

    /** Pekko ends the actors of a node that the cluster has downed; then nothing may go on serving. */
    private void endWithActors() {
        CoordinatedShutdown.get(base.system())
                .addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "skein-edge", () -> {
                    if (!stopping.get()) {
                        plane.wills().end();
                        lost.set(true);
                        LOG.error("downed by the cluster, or its actors failed: every connection is closed");
                        stop();
                    }
                    return CompletableFuture.completedFuture(Done.getInstance());
                });
        // As late as its actors allow: until then they tell how far the node is.
        ports.http()
                .forEach(server -> CoordinatedShutdown.get(base.system())
                        .addTask(
                                CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                                "skein-http-" + server.name(),
                                () -> server.stop(HTTP_DEADLINE).thenApply(done -> {
                                    if (!lost.get()) {
                                        interim.ending(server.address());
                                    } else if (!isAlone()) {
                                        interim.open(server.address());
                                    }
                                    return done;
                                })));
    }

    /** What rules have under way goes to their spools. */
    private CompletionStage<Void> endRules() {
        return plane.rules()
                .close()
                .toCompletableFuture()
                .orTimeout((lost.get() ? LOST_TIMEOUT : RULES_TIMEOUT).toSeconds(), TimeUnit.SECONDS)
                .exceptionally(late -> {
                    LOG.warn("rules were cut off: {}; what they had not sent was not acknowledged", late.toString());
                    return null;
                });
    }

    /** Stops accepting, lets every connection leave its session, commits what was given, and ends. */
    public CompletionStage<Void> stop() {
        if (!stopping.compareAndSet(false, true)) {
            return ended;
        }
        serving.drain();
        plane.wills().leave();
        Listeners listeners = ports.listeners();
        listeners.stopAccepting();
        // The store of a node that was downed takes nothing any more: waiting for its connections to leave is of no
        // use.
        Duration leaving = lost.get() ? LOST_TIMEOUT : LEAVE_TIMEOUT.plus(drainTime());
        var _ = plane.delivery()
                .closeAll(lost.get() ? 0 : base.config().cluster().drainRate())
                .toCompletableFuture()
                .orTimeout(leaving.toSeconds(), TimeUnit.SECONDS)
                .exceptionally(late -> {
                    LOG.warn("connections were cut off: {}", late.toString());
                    return null;
                })
                .thenCompose(_ -> endRules())
                .thenCompose(
                        _ -> CoordinatedShutdown.get(base.system()).runAll(CoordinatedShutdown.clusterLeavingReason()))
                .thenCompose(_ -> listeners.close())
                .thenCompose(_ -> plane.endLoops())
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        LOG.warn("not everything stopped in order: {}", failure.toString());
                    }
                    joining.end();
                    plane.endThreads();
                    base.stores().close();
                    base.metrics().close();
                    ended.complete(null);
                });
        return ended;
    }
}
