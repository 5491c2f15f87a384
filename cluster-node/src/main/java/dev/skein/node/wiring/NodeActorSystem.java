package dev.skein.node.wiring;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.LinkTls;
import dev.skein.node.config.NodeConfig;
import dev.skein.node.observe.CertificateMetrics;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.trust.LinkContexts;
import dev.skein.node.trust.LinkEngines;
import dev.skein.node.trust.NodePort;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.remote.RemoteTransportException;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actor system of a node, and the port at which it hears other nodes.
 *
 * @param contexts the certificates of the links; null without TLS, or without other nodes
 */
record NodeActorSystem(ActorSystem<Void> system, @Nullable LinkContexts contexts) {
    private static final Logger LOG = LoggerFactory.getLogger(NodeActorSystem.class);

    /**
     * Starts the actors, which listen for other nodes at once; a node without others opens no port.
     *
     * @throws IllegalArgumentException when they cannot, naming the key
     */
    static NodeActorSystem start(NodeConfig config, NodeMetrics metrics) {
        ClusterSettings cluster = config.cluster();
        LinkTls tls = cluster.tls();
        if (tls == null) {
            if (cluster.many()) {
                LOG.warn(
                        "skein.cluster.tls.mode: off: whoever reaches port {} of this machine is taken for a node: he"
                                + " can read and send every message and end the cluster. Certificates for a start are"
                                + " made by skein cluster certificates",
                        cluster.port());
            }
            return new NodeActorSystem(create(config, ActorSystemSetup.empty()), null);
        }
        LinkContexts contexts = LinkContexts.open(tls, cluster.host(), listener(metrics));
        try {
            LinkEngines engines = new LinkEngines(contexts);
            ActorSystem<Void> system =
                    create(config, ActorSystemSetup.create(SSLEngineProviderSetup.create(_ -> engines)));
            system.getWhenTerminated().thenRun(contexts::close);
            open(system, cluster, tls, contexts, metrics);
            return new NodeActorSystem(system, contexts);
        } catch (RuntimeException e) {
            contexts.close();
            throw e;
        }
    }

    private static LinkContexts.Listener listener(NodeMetrics metrics) {
        CertificateMetrics certificate = metrics.certificate(NodeMetrics.CLUSTER);
        return new LinkContexts.Listener() {
            @Override
            public void reloaded(boolean success) {
                certificate.reloaded(success);
            }

            @Override
            public void inUse(Instant validUntil) {
                certificate.inUse(validUntil);
            }
        };
    }

    private static ActorSystem<Void> create(NodeConfig config, ActorSystemSetup setup) {
        try {
            return ActorSystem.create(
                    Behaviors.empty(), "skein", setup.withSetup(BootstrapSetup.create(config.actors())));
        } catch (RemoteTransportException e) {
            throw unable(config.cluster(), e);
        }
    }

    private static void open(
            ActorSystem<Void> system,
            ClusterSettings cluster,
            LinkTls tls,
            LinkContexts contexts,
            NodeMetrics metrics) {
        String host = cluster.bindHost().isEmpty() ? cluster.host() : cluster.bindHost();
        InetSocketAddress at = InetSocketAddress.createUnresolved(host, cluster.port());
        try {
            NodePort.open(system.classicSystem(), at, contexts, tls.handshakeTimeout(), metrics::linkRefused)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            system.terminate();
            throw unable(cluster, e);
        }
    }

    private static IllegalArgumentException unable(ClusterSettings cluster, Exception e) {
        boolean own = cluster.bindHost().isEmpty();
        String why = Failures.describe(e);
        if (why.contains("Address already in use")) {
            return new IllegalArgumentException(
                    "skein.cluster.port: " + cluster.port() + " (expected: a free port; " + why + ")", e);
        }
        return new IllegalArgumentException(
                (own ? "skein.cluster.host: " + cluster.host() : "skein.cluster.bind-host: " + cluster.bindHost())
                        + " (expected: an address of this machine"
                        + (own ? ", or one in skein.cluster.bind-host" : "") + "; " + why + ")",
                e);
    }
}
