package dev.skein.node.wiring;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.ClusterSettings.Seed;
import dev.skein.node.cluster.Membership;
import dev.skein.node.discovery.Discovery;
import dev.skein.persistence.api.NodePresence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node joins that is given no seeds. Discovery and the database both tell addresses; the database alone decides
 * who begins a cluster, for what discovery tells two nodes in one moment may differ.
 */
final class FindingOthers {
    private static final Logger LOG = LoggerFactory.getLogger(FindingOthers.class);
    private static final Duration TELL_AGAIN = Duration.ofSeconds(30);

    private final Discovery discovery;
    private final Membership membership;
    private final ClusterSettings settings;
    private final NodePresence presence;
    private final Duration fresh;
    private final Seed self;
    private List<Seed> asked = List.of();
    private boolean begins;
    private String told = "";
    private long toldAt;

    /** @param fresh how long a node counts as there after it was last seen */
    FindingOthers(
            Discovery discovery,
            Membership membership,
            ClusterSettings settings,
            NodePresence presence,
            Duration fresh) {
        this.discovery = discovery;
        this.membership = membership;
        this.settings = settings;
        this.presence = presence;
        this.fresh = fresh;
        this.self = new Seed(settings.host(), settings.port());
    }

    /** Looks once and joins whom it found; to be repeated until the cluster has taken the node in. */
    CompletionStage<Void> look() {
        return presence.othersSeenWithin(fresh)
                .thenCompose(others -> discovery
                        .look(self)
                        .thenApply(found -> {
                            if (found.isEmpty()) {
                                tell("asked " + discovery.question() + ": nobody");
                            }
                            return found;
                        })
                        .exceptionally(failure -> {
                            tell("asked " + discovery.question() + ": " + Failures.describe(failure));
                            return List.of();
                        })
                        .thenCompose(found -> join(others, found)));
    }

    private CompletionStage<Void> join(List<String> others, List<Seed> found) {
        if (!others.isEmpty()) {
            Set<Seed> all = new LinkedHashSet<>(found);
            others.forEach(name -> all.add(Seed.of(name)));
            ask(all, false);
        } else if (found.contains(self)) {
            return presence.claim(fresh).thenAccept(granted -> ask(found, granted));
        } else {
            if (!found.isEmpty()) {
                tell("asked " + discovery.question() + ": " + found + ", and this node, " + self
                        + ", is not among them: it begins no cluster");
            }
            ask(found, false);
        }
        return CompletableFuture.completedFuture(null);
    }

    private synchronized void ask(Iterable<Seed> nodes, boolean mayBegin) {
        List<Seed> seeds = new ArrayList<>();
        if (mayBegin) {
            seeds.add(self);
        }
        for (Seed node : nodes) {
            if (!node.equals(self)) {
                seeds.add(node);
            }
        }
        if (!seeds.isEmpty() && !(seeds.equals(asked) && mayBegin == begins)) {
            asked = seeds;
            begins = mayBegin;
            membership.join(settings.withSeeds(seeds), mayBegin);
        }
    }

    private synchronized void tell(String text) {
        long now = System.nanoTime();
        if (!text.equals(told) || now - toldAt > TELL_AGAIN.toNanos()) {
            told = text;
            toldAt = now;
            LOG.warn("{}", text);
        }
    }
}
