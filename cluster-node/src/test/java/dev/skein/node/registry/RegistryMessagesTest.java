package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.node.cluster.ClusterMessage;
import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegistryMessagesTest {
    private static final ActorTestKit KIT = ActorTestKit.create(Messages.SERIALIZATION);
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123456Z");
    private static final Secret SECRET = new Secret("hunter2");
    private static final PermissionRule RULE = new PermissionRule(
            "rule-1", Effect.DENY, Action.PUBLISH, Set.of("u"), Set.of("g"), Set.of("c"), List.of("a", "b/#"));

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    static Stream<ClusterMessage> messages() {
        return Stream.of(commands(), events(), replies()).flatMap(s -> s);
    }

    private static Stream<ClusterMessage> commands() {
        ActorRef<RegistryReply.ChangeReply> to =
                KIT.<RegistryReply.ChangeReply>createTestProbe().getRef();
        return Stream.of(
                new RegistryCommand.CreateGroup("me", "GID_one", to),
                new RegistryCommand.DeleteGroup("me", "GID_one", to),
                new RegistryCommand.CreateParentTopic("me", "news", to),
                new RegistryCommand.DeleteParentTopic("me", "news", to),
                new RegistryCommand.AddUser("me", "bob", SECRET, to),
                new RegistryCommand.RemoveUser("me", "bob", to),
                new RegistryCommand.SetPassword("me", "bob", SECRET, to),
                new RegistryCommand.AddAccessKey("me", "key", SECRET, to),
                new RegistryCommand.RemoveAccessKey("me", "key", to),
                new RegistryCommand.AddPermission("me", RULE, to),
                new RegistryCommand.RemovePermission("me", "rule-1", to),
                new RegistryCommand.GetView(
                        KIT.<RegistryReply.ViewReply>createTestProbe().getRef()),
                new RegistryCommand.GetAudit(
                        7, 10, KIT.<RegistryReply.AuditReply>createTestProbe().getRef()));
    }

    private static Stream<RegistryEvent> events() {
        return Stream.of(
                new RegistryEvent.GroupCreated(NOW, "me", "GID_one"),
                new RegistryEvent.GroupDeleted(NOW, "me", "GID_one"),
                new RegistryEvent.ParentTopicCreated(NOW, "me", "news"),
                new RegistryEvent.ParentTopicDeleted(NOW, "me", "news"),
                new RegistryEvent.UserAdded(NOW, "me", "bob", SECRET),
                new RegistryEvent.UserRemoved(NOW, "me", "bob"),
                new RegistryEvent.PasswordChanged(NOW, "me", "bob", SECRET),
                new RegistryEvent.AccessKeyAdded(NOW, "me", "key", SECRET),
                new RegistryEvent.AccessKeyRemoved(NOW, "me", "key"),
                new RegistryEvent.PermissionAdded(NOW, "me", "rule-1", RULE),
                new RegistryEvent.PermissionRemoved(NOW, "me", "rule-1"));
    }

    private static Stream<ClusterMessage> replies() {
        InstanceView view = Seeds.fleet();
        return Stream.of(
                new RegistryReply.Done(3, "bob"),
                new RegistryReply.Rejected(RegistryReply.Code.EXISTS, "text"),
                new RegistryReply.View(
                        view,
                        new RegistryReply.Configured(List.of("g"), List.of(), List.of(), List.of(), List.of("r"))),
                new RegistryReply.AuditPage(
                        List.of(new RegistryReply.AuditEntry(1, NOW, "me", "user-added", "bob", "")), 0),
                view,
                new RegistryState(
                        Set.of("g"),
                        Set.of("t"),
                        Map.of("bob", new User("bob", SECRET)),
                        Map.of("key", new AccessKey("key", SECRET)),
                        List.of(RULE),
                        9));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesTheWire(ClusterMessage message) {
        assertThat(new SerializationTestKit(KIT.system()).verifySerialization(message, true))
                .isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void noMessageShowsASecret(ClusterMessage message) {
        assertThat(message.toString())
                .doesNotContain("hunter2")
                .doesNotContain("conf-secret")
                .doesNotContain("$2b$");
    }

    @Test
    void noKindOfMessageIsForgottenHere() {
        Set<Class<?>> tested = messages().map(Object::getClass).collect(Collectors.toSet());
        assertThat(Stream.of(RegistryCommand.class, RegistryEvent.class, RegistryReply.class)
                        .flatMap(RegistryMessagesTest::kinds))
                .allMatch(tested::contains);
    }

    @Test
    void theJournalKeepsItsFormat() throws IOException {
        ObjectMapper mapper =
                JacksonObjectMapperProvider.get(KIT.system()).getOrCreate("jackson-json", Optional.empty());
        assertThat(mapper.readTree(mapper.writeValueAsString(new RegistryEvent.UserAdded(NOW, "me", "bob", SECRET))))
                .isEqualTo(mapper.readTree("""
                        {"time":"2026-11-21T12:00:00.123456Z","by":"me","subject":"bob","passwordHash":"hunter2"}"""));
        assertThat(mapper.readTree(
                        mapper.writeValueAsString(new RegistryEvent.PermissionAdded(NOW, "me", "rule-1", RULE))))
                .isEqualTo(mapper.readTree("""
                        {"time":"2026-11-21T12:00:00.123456Z","by":"me","subject":"rule-1",
                        "rule":{"id":"rule-1","effect":"DENY","action":"PUBLISH",
                        "users":["u"],"groups":["g"],"clients":["c"],"topics":["a","b/#"]}}"""));
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        return permitted == null ? Stream.of(type) : Arrays.stream(permitted).flatMap(RegistryMessagesTest::kinds);
    }
}
