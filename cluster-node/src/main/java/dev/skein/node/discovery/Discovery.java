package dev.skein.node.discovery;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.ClusterSettings.Seed;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/** Asks something outside of the cluster for the addresses of its nodes. Used only until the node has joined. */
public interface Discovery {
    /** The addresses as they were answered. Fails, in bounded time, when there is no answer. */
    CompletionStage<List<Seed>> answers();

    /** The nodes by the names that they call themselves, given the name of this one. Nobody there is an answer. */
    default CompletionStage<List<Seed>> look(Seed self) {
        return answers().thenApply(found -> NodeNames.as(self, found));
    }

    /** What is asked, for people. */
    String question();

    /**
     * The way that the settings name.
     *
     * @throws IllegalArgumentException naming the key, when what the way needs is not there
     */
    static Discovery of(ActorSystem<?> system, ClusterSettings settings) {
        return switch (settings.discovery().method()) {
            case SEEDS -> throw new IllegalStateException("skein.cluster.seeds: nothing to ask");
            case DNS -> DnsDiscovery.create(system, settings);
            case KUBERNETES_API -> KubernetesDiscovery.create(system, settings, System.getenv());
        };
    }
}
