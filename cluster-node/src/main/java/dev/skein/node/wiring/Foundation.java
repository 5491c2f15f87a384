package dev.skein.node.wiring;

import dev.skein.node.cluster.Membership;
import dev.skein.node.config.NodeConfig;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.RegistryService;
import dev.skein.persistence.api.Stores;
import java.time.InstantSource;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What everything else of a node stands on. It starts first and ends last.
 *
 * @param clock wall clock
 */
record Foundation(
        NodeConfig config,
        InstantSource clock,
        NodeMetrics metrics,
        Stores stores,
        ActorSystem<Void> system,
        Membership membership,
        RegistryService registry) {}
