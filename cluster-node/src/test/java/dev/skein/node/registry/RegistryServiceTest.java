package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.registry.RegistryReply.AuditPage;
import dev.skein.node.registry.RegistryReply.ChangeReply;
import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.RegistryReply.Done;
import dev.skein.node.registry.RegistryReply.Rejected;
import dev.skein.node.registry.ViewReply.View;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A cluster of one node, as it starts. */
class RegistryServiceTest {
    private static final ActorTestKit KIT = ActorTestKit.create(Messages.NODE);
    private static final List<InstanceView> TOLD = new CopyOnWriteArrayList<>();

    private static RegistryService service;

    @BeforeAll
    static void start() throws Exception {
        Cluster cluster = Cluster.get(KIT.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        service = get(RegistryService.start(
                KIT.system(),
                Seeds.some(),
                () -> Instant.EPOCH,
                AuditReader.ofJournal(KIT.system(), PersistenceTestKitReadJournal.Identifier())));
        service.views().onChange(TOLD::add);
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void viewsAreCompleteAtTheStart() {
        assertThat(service.views().all()).extracting(InstanceView::id).containsExactlyInAnyOrder("default", "fleet");
        assertThat(service.views().find("fleet")).isNotNull();
        assertThat(service.views().find("nowhere")).isNull();
    }

    @Test
    void theViewTellsWhatOnlyTheConfigurationCanChange() throws Exception {
        get(service.change("fleet", replyTo -> new RegistryCommand.CreateGroup("me", "GID_added", replyTo)));
        assertThat(get(service.view("fleet"))).isInstanceOfSatisfying(View.class, fleet -> {
            assertThat(fleet.view().groups()).contains("GID_conf", "GID_added");
            assertThat(fleet.configured())
                    .isEqualTo(new ViewReply.Configured(
                            List.of("GID_conf"),
                            List.of("conf"),
                            List.of("conf-user"),
                            List.of("conf-key"),
                            List.of("configuration-1"),
                            List.of()));
        });
    }

    @Test
    void aChangeThatWasAnsweredIsSeenOnThisNode() throws Exception {
        for (int i = 0; i < 20; i++) {
            String group = "GID_seen" + i;
            ChangeReply reply =
                    get(service.change("fleet", replyTo -> new RegistryCommand.CreateGroup("me", group, replyTo)));
            assertThat(reply)
                    .isInstanceOfSatisfying(
                            Done.class, done -> assertThat(done.subject()).isEqualTo(group));
            InstanceView view = service.views().find("fleet");
            assertThat(view).isNotNull();
            assertThat(view.hasGroup(group)).as(group).isTrue();
            assertThat(TOLD.getLast().hasGroup(group)).as(group).isTrue();
        }
    }

    @Test
    void viewAndAuditLogAreAsked() throws Exception {
        get(service.change("default", replyTo -> new RegistryCommand.CreateParentTopic("me", "news", replyTo)));
        assertThat(get(service.view("default")))
                .isInstanceOfSatisfying(
                        View.class,
                        view -> assertThat(view.view().parentTopics()).containsExactly("news"));
        assertThat(get(service.audit("default", 0, 10)))
                .isInstanceOfSatisfying(
                        AuditPage.class,
                        page -> assertThat(page.entries())
                                .extracting(RegistryReply.AuditEntry::action)
                                .containsExactly("parent-topic-created"));
    }

    @Test
    void anInstanceThatNobodyConfiguredIsUnknown() throws Exception {
        Rejected unknown = new Rejected(
                Code.UNKNOWN_INSTANCE, "instance: nowhere (expected: one that skein.instances configures)");
        assertThat(get(service.change("nowhere", to -> new RegistryCommand.CreateGroup("me", "GID_one", to))))
                .isEqualTo(unknown);
        assertThat(get(service.view("nowhere"))).isEqualTo(unknown);
        assertThat(get(service.audit("nowhere", 0, 1))).isEqualTo(unknown);
    }

    private static <T> T get(CompletionStage<T> stage)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
