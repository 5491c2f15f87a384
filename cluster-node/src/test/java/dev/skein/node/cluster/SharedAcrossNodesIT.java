package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.PacedClient;
import dev.skein.node.reliability.Waiting;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Members of a shared subscription on two nodes: each message reaches one of them, wherever it is published. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class SharedAcrossNodesIT {
    private static final int MESSAGES = 400;

    @TempDir
    Path home;

    @Test
    void eachMessageReachesOneMemberOfAllNodes() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 2);
                PacedClient here = PacedClient.on(cluster.node(1).address(), "here", true, false);
                PacedClient there = PacedClient.on(cluster.node(2).address(), "there", true, false);
                PacedClient kept = PacedClient.on(cluster.node(2).address(), "kept", false, false);
                PacedClient writer = PacedClient.on(cluster.node(1).address(), "writer", true, false);
                PacedClient plain = PacedClient.on(cluster.node(2).address(), "plain", true, false)) {
            List<PacedClient> members = List.of(here, there, kept);
            for (PacedClient member : members) {
                member.subscribe("$share/workers/jobs/+", 1);
            }
            plain.subscribe("jobs/+", 1);
            writer.publish("jobs/a", 1, 100, MESSAGES);
            Waiting.until("the plain subscriber has all", () -> plain.names().size() == MESSAGES);
            Waiting.until(
                    "the members have all together",
                    () -> members.stream().mapToInt(each -> each.names().size()).sum() >= MESSAGES);
            Set<String> all = new HashSet<>();
            members.forEach(each -> all.addAll(each.names()));
            assertThat(all).isEqualTo(new HashSet<>(plain.names()));
            assertThat(members).allSatisfy(each -> assertThat(each.names()).isNotEmpty());
            assertThat(members.stream().mapToInt(each -> each.names().size()).sum())
                    .as("messages that members got")
                    .isEqualTo(MESSAGES);
        }
    }

    @Test
    void whatMembersOfANodeThatDiesHaveNotAcknowledgedReachesAnother() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 3);
                PacedClient there = PacedClient.on(cluster.node(2).address(), "there", true, false);
                PacedClient writer = PacedClient.on(cluster.node(1).address(), "writer", true, false)) {
            there.subscribe("$share/workers/jobs/+", 2);
            there.client().hold();
            writer.publish("jobs/a", 1, 100, MESSAGES / 2);
            writer.publish("jobs/b", 2, 100, MESSAGES / 2);
            try (PacedClient left = PacedClient.on(cluster.node(3).address(), "left", true, false)) {
                left.subscribe("$share/workers/jobs/+", 2);
                cluster.node(2).kill();
                Waiting.until(
                        "the member that is left has all",
                        () -> new HashSet<>(left.names()).containsAll(writer.published(MESSAGES)));
            }
        }
    }

    @Test
    void whatAMemberThatLeavesHasNotAcknowledgedReachesOneOfAnotherNodeOnce() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 2);
                PacedClient there = PacedClient.on(cluster.node(2).address(), "there", true, false);
                PacedClient writer = PacedClient.on(cluster.node(1).address(), "writer", true, false)) {
            there.subscribe("$share/workers/jobs/+", 1);
            there.client().hold();
            writer.publish("jobs/a", 1, 100, MESSAGES);
            try (PacedClient left = PacedClient.on(cluster.node(1).address(), "left", true, false)) {
                left.subscribe("$share/workers/jobs/+", 1);
                there.client().cut();
                Waiting.until(
                        "the member that is left has all", () -> left.names().size() >= MESSAGES);
                assertThat(left.names()).containsExactlyInAnyOrderElementsOf(writer.published(MESSAGES));
            }
        }
    }
}
