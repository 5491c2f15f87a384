package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.pubsub.Topic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A keeper to which the word of changes is lost. */
class InstanceViewKeeperTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void whatItDidNotHearItAsksForNamingTheVersionThatItHas() throws Exception {
        Map<String, InstanceView> seeds =
                Map.of("fleet", Objects.requireNonNull(Seeds.some().get("fleet")));
        LocalInstanceViews views = new LocalInstanceViews();
        TestProbe<Topic.Command<RegistryReply.Additions>> deaf = KIT.createTestProbe();
        TestProbe<RegistryCommand> registry = KIT.createTestProbe();
        CompletableFuture<InstanceViews> complete = new CompletableFuture<>();
        KIT.spawn(InstanceViewKeeper.create(
                seeds,
                views,
                deaf.getRef(),
                (_, command) -> registry.getRef().tell(command),
                complete,
                InstantSource.system()));

        answer(registry, null, 0);
        assertThat(complete.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isSameAs(views);
        answer(registry, 0L, 3);
        awaitKnown(registry, 3L);
        assertThat(Objects.requireNonNull(views.find("fleet")).groups()).contains("GID_3");
    }

    private static void answer(TestProbe<RegistryCommand> registry, @Nullable Long known, long version) {
        awaitKnown(registry, known)
                .replyTo()
                .tell(new RegistryReply.Additions(
                        "fleet",
                        new RegistryState(Set.of("GID_" + version), Set.of(), Map.of(), Map.of(), List.of(), version)));
    }

    /** Those that were asked before the answer came name an older version. */
    private static RegistryCommand.GetAdditions awaitKnown(TestProbe<RegistryCommand> registry, @Nullable Long known) {
        while (true) {
            var asked = registry.expectMessageClass(RegistryCommand.GetAdditions.class, DEADLINE);
            if (Objects.equals(asked.known(), known)) {
                return asked;
            }
        }
    }
}
