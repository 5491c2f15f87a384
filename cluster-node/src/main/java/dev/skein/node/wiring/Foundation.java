package dev.skein.node.wiring;

import dev.skein.node.cluster.Membership;
import dev.skein.node.config.NodeConfig;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.trust.LinkContexts;
import dev.skein.persistence.api.Stores;
import java.time.InstantSource;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * What everything else of a node stands on. It starts first and ends last.
 *
 * @param clock wall clock
 * @param links certificates of the links between nodes; null without TLS, or without other nodes
 */
record Foundation(
        NodeConfig config,
        InstantSource clock,
        NodeMetrics metrics,
        Stores stores,
        ActorSystem<Void> system,
        @Nullable LinkContexts links,
        Membership membership,
        RegistryService registry) {}
