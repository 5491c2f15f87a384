package dev.skein.node.wiring;

import dev.skein.node.config.NodeConfig;
import dev.skein.node.control.ControlPorts;
import dev.skein.node.control.ControlServer;
import dev.skein.node.edge.Listeners;
import dev.skein.node.info.ClusterInfo;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sockets through which a node serves.
 *
 * @param listeners for clients
 * @param control the control API, or null when it is off
 * @param health the port of the health checks, or null when it is off
 */
record Ports(
        Listeners listeners,
        @Nullable ControlServer control,
        @Nullable ControlServer health) {

    /** Opens those of HTTP first: they tell why a node does not serve clients yet. */
    static CompletionStage<Ports> open(
            Foundation base, MessagePlane plane, ClusterInfo cluster, Serving serving, Interim interim) {
        NodeConfig config = base.config();
        ControlPorts node = ControlAdapters.of(base, plane, cluster, serving);
        interim.close();
        return when(config.http().enabled(), () -> ControlServer.start(base.system(), config.http(), node))
                .thenCompose(control -> when(
                                config.health().enabled(),
                                () -> ControlServer.startHealth(base.system(), config.health(), config.http(), node))
                        .thenCompose(health -> plane.listen(base, serving)
                                .thenApply(listeners -> new Ports(listeners, control, health))));
    }

    private static CompletionStage<@Nullable ControlServer> when(
            boolean enabled, Supplier<CompletionStage<ControlServer>> start) {
        return enabled ? start.get().thenApply(server -> server) : CompletableFuture.completedFuture(null);
    }

    /** Those of HTTP that are open. */
    List<ControlServer> http() {
        return Stream.of(control, health).filter(Objects::nonNull).toList();
    }
}
