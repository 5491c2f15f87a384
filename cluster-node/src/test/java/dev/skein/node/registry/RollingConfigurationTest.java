package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes of one cluster, one of them with a newer configuration: registries run on the one that is older. */
class RollingConfigurationTest {
    private static final InstanceView FLEET =
            Objects.requireNonNull(Seeds.some().get("fleet"));
    private static final InstanceView DEFAULT =
            Objects.requireNonNull(Seeds.some().get("default"));

    private final ActorTestKit older = kit();
    private final ActorTestKit newer = kit();

    private static ActorTestKit kit() {
        return ActorTestKit.create("RollingConfigurationTest", Messages.NODE);
    }

    @AfterEach
    void shutDown() {
        newer.shutdownTestKit();
        older.shutdownTestKit();
    }

    private RegistryService join(ActorTestKit kit, Map<String, InstanceView> seeds)
            throws InterruptedException, ExecutionException, TimeoutException {
        Cluster.get(kit.system())
                .manager()
                .tell(Join.create(Cluster.get(older.system()).selfMember().address()));
        return get(RegistryService.start(
                kit.system(),
                seeds,
                () -> Instant.EPOCH,
                AuditReader.ofJournal(kit.system(), PersistenceTestKitReadJournal.Identifier())));
    }

    private static <T> T get(CompletionStage<T> stage)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void runsOnTheOlder(String instance) {
        TestProbe<RegistryReply.Additions> probe = older.createTestProbe();
        ClusterSharding.get(older.system())
                .entityRefFor(Registry.TYPE_KEY, instance)
                .tell(new RegistryCommand.GetAdditions(probe.getRef(), null));
        assertThat(probe.receiveMessage().instanceId()).isEqualTo(instance);
    }

    @Test
    void aNodeGoesByItsOwnConfigurationWithWhatWasAddedForAll()
            throws InterruptedException, ExecutionException, TimeoutException {
        RegistryService first = join(older, Map.of("default", DEFAULT));
        runsOnTheOlder("fleet");
        get(first.change("default", to -> new RegistryCommand.CreateParentTopic("me", "news", to)));

        Map<String, InstanceView> seeds = new HashMap<>(Map.of("fleet", FLEET));
        seeds.put("default", withUsersOf(FLEET));
        RegistryService second = join(newer, seeds);

        assertThat(second.views().find("fleet")).isEqualTo(FLEET);
        InstanceView view = Objects.requireNonNull(second.views().find("default"));
        assertThat(view.users()).isEqualTo(FLEET.users());
        assertThat(view.parentTopics()).containsExactly("news");
        assertThat(Objects.requireNonNull(first.views().find("default")).users())
                .isEmpty();
        assertThat(first.views().all()).extracting(InstanceView::id).isEqualTo(List.of("default"));
    }

    private static InstanceView withUsersOf(InstanceView other) {
        return new InstanceView(
                DEFAULT.id(),
                DEFAULT.mode(),
                DEFAULT.anonymous(),
                DEFAULT.duplicateClientId(),
                DEFAULT.limits(),
                DEFAULT.sessions(),
                DEFAULT.p2p(),
                DEFAULT.groups(),
                DEFAULT.parentTopics(),
                other.users(),
                DEFAULT.accessKeys(),
                DEFAULT.permissions(),
                DEFAULT.defaultPermission(),
                DEFAULT.rules(),
                DEFAULT.tokens(),
                DEFAULT.version());
    }
}
