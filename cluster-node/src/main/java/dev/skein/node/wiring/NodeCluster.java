package dev.skein.node.wiring;

import dev.skein.node.cluster.Membership;
import dev.skein.node.control.ClusterDirectory;
import dev.skein.node.control.ClusterState;
import dev.skein.node.control.DrainState;
import dev.skein.node.control.FigureHistory;
import dev.skein.node.info.ClusterInfo;
import dev.skein.node.info.NodeReport;
import dev.skein.node.observe.History;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The cluster for the control API. */
record NodeCluster(ClusterInfo cluster, Membership membership, Serving serving, History figures)
        implements ClusterDirectory {
    @Override
    public CompletionStage<ClusterState> state() {
        return cluster.members()
                .thenApply(members -> new ClusterState(
                        membership.self().address(),
                        members.stream().map(NodeCluster::member).toList()));
    }

    private static ClusterState.Member member(ClusterInfo.MemberState state) {
        Optional<NodeReport> report = state.report();
        return new ClusterState.Member(
                state.member().node().address(),
                state.member().status().toLowerCase(Locale.ROOT),
                state.member().version(),
                state.member().reachable(),
                state.member().self(),
                state.pendingBytes(),
                report.isPresent(),
                report.map(NodeReport::draining).orElse(null),
                report.map(NodeReport::storeProblem)
                        .filter(text -> !text.isEmpty())
                        .orElse(null),
                report.map(each ->
                                each.instances().stream().map(NodeCluster::load).toList())
                        .orElse(List.of()));
    }

    private static ClusterState.Load load(NodeReport.Load load) {
        return new ClusterState.Load(
                load.instance(), load.clean(), load.persistent(), load.subscriptions(), load.queued());
    }

    @Override
    public FigureHistory history() {
        History.Figures read = figures.read();
        return new FigureHistory(
                (int) History.STEP.toSeconds(),
                read.until() == 0 ? null : Instant.ofEpochMilli(read.until()),
                read.series().stream()
                        .map(each -> new FigureHistory.Series(
                                each.name(), each.kind().name().toLowerCase(Locale.ROOT), each.values()))
                        .toList());
    }

    @Override
    public CompletionStage<DrainState> drain() {
        serving.askToDrain();
        return CompletableFuture.completedFuture(
                new DrainState(membership.self().address(), true));
    }
}
