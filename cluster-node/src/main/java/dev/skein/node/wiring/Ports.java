package dev.skein.node.wiring;

import dev.skein.node.control.ControlServer;
import dev.skein.node.edge.Listeners;
import dev.skein.node.info.ClusterInfo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The sockets through which a node serves.
 *
 * @param listeners for clients
 * @param control the control API, or null when it is off
 */
record Ports(Listeners listeners, @Nullable ControlServer control) {

    /** Opens the control API first: it tells why a node does not serve clients yet. */
    static CompletionStage<Ports> open(
            Foundation base, MessagePlane plane, ClusterInfo cluster, Serving serving, Interim interim) {
        return control(base, plane, cluster, serving, interim)
                .thenCompose(control -> plane.listen(base).thenApply(listeners -> new Ports(listeners, control)));
    }

    private static CompletionStage<@Nullable ControlServer> control(
            Foundation base, MessagePlane plane, ClusterInfo cluster, Serving serving, Interim interim) {
        if (!base.config().http().enabled()) {
            return CompletableFuture.completedFuture(null);
        }
        interim.close();
        return ControlServer.start(
                        base.system(), base.config().http(), ControlAdapters.of(base, plane, cluster, serving))
                .thenApply(server -> server);
    }
}
