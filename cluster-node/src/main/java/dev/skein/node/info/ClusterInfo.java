package dev.skein.node.info;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.edge.mqtt.ClientInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every node of the cluster, this one without a message, and waits for none longer than a moment. */
public final class ClusterInfo {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterInfo.class);
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final ActorSystem<?> system;
    private final Membership membership;
    private final NodeInfo here;
    private final ToLongFunction<String> pendingTo;

    /**
     * Of the cluster that this node belongs to.
     *
     * @param here this node
     * @param pendingTo bytes that the node at an address has not yet taken from this one
     */
    public ClusterInfo(ActorSystem<?> system, Membership membership, NodeInfo here, ToLongFunction<String> pendingTo) {
        this.system = system;
        this.membership = membership;
        this.here = here;
        this.pendingTo = pendingTo;
    }

    /**
     * One member.
     *
     * @param pendingBytes on the link from this node to it
     * @param report empty when it has not answered
     */
    public record MemberState(Membership.MemberInfo member, long pendingBytes, Optional<NodeReport> report) {}

    /**
     * What one node answered.
     *
     * @param address of the node
     * @param answer empty when it has not answered
     */
    public record Answered<T>(String address, Optional<T> answer) {}

    /** Every member, by address. */
    public CompletionStage<List<MemberState>> members() {
        return all(membership.members().stream()
                .sorted((a, b) -> a.node().address().compareTo(b.node().address()))
                .map(member -> report(member)
                        .thenApply(report -> new MemberState(
                                member,
                                member.self()
                                        ? 0
                                        : pendingTo.applyAsLong(member.node().address()),
                                report)))
                .toList());
    }

    private CompletionStage<Optional<NodeReport>> report(Membership.MemberInfo member) {
        if (member.self()) {
            return CompletableFuture.completedFuture(Optional.of(here.report()));
        }
        // An earlier incarnation of the node may still be a member while its next one answers.
        return ask(member.node(), InfoQuery.Report::new)
                .thenApply(report ->
                        report.filter(each -> each.uid() == member.node().uid()));
    }

    /** Connected clients of each node, see {@link InfoQuery.Clients}. */
    public CompletionStage<List<Answered<ClientLines>>> clients(
            String instance, String search, String after, int limit) {
        List<CompletionStage<Answered<ClientLines>>> asked = new ArrayList<>();
        asked.add(here.clients(instance, search, after, limit)
                .thenApply(lines -> new Answered<>(membership.self().address(), Optional.of(lines))));
        for (ClusterNode node : membership.others()) {
            asked.add(this.<ClientLines>ask(
                            node, replyTo -> new InfoQuery.Clients(instance, search, after, limit, replyTo))
                    .thenApply(lines -> new Answered<>(node.address(), lines)));
        }
        return all(asked);
    }

    /**
     * A client that is connected to one node.
     *
     * @param uid the incarnation of the node
     * @return empty when the client or the node is gone; fails when the node does not answer
     */
    public CompletionStage<Optional<Answered<ClientInfo>>> client(long uid, String instance, String clientId) {
        if (uid == membership.self().uid()) {
            return here.client(instance, clientId)
                    .thenApply(found ->
                            found.map(client -> new Answered<>(membership.self().address(), Optional.of(client))));
        }
        ClusterNode node = membership.find(uid);
        if (node == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return this.<ClientFound>askOrFail(node, replyTo -> new InfoQuery.Client(instance, clientId, replyTo))
                .thenApply(found -> Optional.ofNullable(found.client())
                        .map(client -> new Answered<>(node.address(), Optional.of(client))));
    }

    /**
     * Topic filters of a client that is connected to one node, see {@link InfoQuery.Filters}.
     *
     * @param uid the incarnation of the node
     * @return without filters when the client or the node is gone; fails when the node does not answer
     */
    public CompletionStage<FilterPage> filters(long uid, String instance, String clientId, String after, int limit) {
        if (uid == membership.self().uid()) {
            return here.filters(instance, clientId, after, limit);
        }
        ClusterNode node = membership.find(uid);
        return node == null
                ? CompletableFuture.completedFuture(new FilterPage(null, null))
                : askOrFail(node, replyTo -> new InfoQuery.Filters(instance, clientId, after, limit, replyTo));
    }

    private <T> CompletionStage<Optional<T>> ask(ClusterNode node, Question<T> question) {
        return askOrFail(node, question).thenApply(Optional::of).exceptionally(failure -> {
            LOG.warn("node {} does not answer: {}", node, failure.toString());
            return Optional.empty();
        });
    }

    private <T> CompletionStage<T> askOrFail(ClusterNode node, Question<T> question) {
        ActorRef<InfoQuery> actor = membership.actorOn(node, NodeInfo.NAME);
        return AskPattern.ask(actor, question::to, DEADLINE, system.scheduler());
    }

    private interface Question<T> {
        InfoQuery to(ActorRef<T> replyTo);
    }

    private static <T> CompletionStage<List<T>> all(List<? extends CompletionStage<T>> stages) {
        List<CompletableFuture<T>> futures =
                stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(
                        _ -> futures.stream().map(CompletableFuture::resultNow).toList());
    }
}
