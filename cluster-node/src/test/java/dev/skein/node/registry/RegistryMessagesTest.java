package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.node.cluster.MessagesContract;
import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes tell the registry, and what it writes down. */
class RegistryMessagesTest extends MessagesContract {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123456Z");
    private static final Secret SECRET = new Secret("hunter2");
    private static final PermissionRule RULE = new PermissionRule(
            "rule-1", Effect.DENY, Action.PUBLISH, Set.of("u"), Set.of("g"), Set.of("c"), List.of("a", "b/#"));

    private static final RegistryState STATE = new RegistryState(
            Set.of("g"),
            Set.of("t"),
            Map.of("bob", new User("bob", SECRET, List.of())),
            Map.of("key", new AccessKey("key", SECRET, null, List.of())),
            List.of(RULE),
            9);

    private static final RegistryState WITH_CLIENT_IDS = new RegistryState(
            Set.of(),
            Set.of(),
            Map.of("bob", new User("bob", SECRET, List.of("%u", "a*"))),
            Map.of("key", new AccessKey("key", SECRET, "acme", List.of("b*"))),
            List.of(),
            10);

    private static final RuleDefinition FORWARDING = new RuleDefinition(
            "out1",
            RuleKind.OUTBOUND,
            "rmq",
            "telemetry",
            "t_out",
            "to the back end",
            true,
            false,
            "t_dead",
            Map.of("tag", "a"));

    private static final RegistryState WITH_RULES = new RegistryState(
            Set.of(), Set.of(), Map.of(), Map.of(), List.of(), Map.of("out1", FORWARDING), TokenState.EMPTY, 11);

    private static final RevokedToken REVOKED =
            new RevokedToken("00112233445566778899aabbccddeeff", 1_800_000_000_000L, 13);

    private static final RegistryState WITH_TOKENS = new RegistryState(
            Set.of(),
            Set.of(),
            Map.of(),
            Map.of(),
            List.of(),
            Map.of(),
            new TokenState(List.of(new TokenKey(12, SECRET, NOW)), List.of(REVOKED), 13),
            13);

    RegistryMessagesTest() {
        super("registry.txt");
    }

    @Override
    protected Stream<Object> samples() {
        return Stream.of(commands(), events(), replies()).flatMap(s -> s);
    }

    private Stream<Object> commands() {
        ActorRef<RegistryReply.ChangeReply> to = someone();
        return Stream.of(
                new RegistryCommand.CreateGroup("me", "GID_one", to),
                new RegistryCommand.DeleteGroup("me", "GID_one", to),
                new RegistryCommand.CreateParentTopic("me", "news", to),
                new RegistryCommand.DeleteParentTopic("me", "news", to),
                new RegistryCommand.AddUser("me", "bob", SECRET, List.of(), to),
                new RegistryCommand.RemoveUser("me", "bob", to),
                new RegistryCommand.SetPassword("me", "bob", SECRET, to),
                new RegistryCommand.AddAccessKey("me", "key", SECRET, null, List.of(), to),
                new RegistryCommand.RemoveAccessKey("me", "key", to),
                new RegistryCommand.AddPermission("me", RULE, to),
                new RegistryCommand.RemovePermission("me", "rule-1", to),
                new RegistryCommand.GetAdditions(someone(), null),
                new RegistryCommand.GetAudit(7, 10, someone()),
                new RegistryCommand.AddUser("me", "bob", SECRET, List.of("%u", "a*"), to),
                new RegistryCommand.AddAccessKey("me", "key", SECRET, "acme", List.of("b*"), to),
                new RegistryCommand.GetAdditions(someone(), 7L),
                new RegistryCommand.CreateRule("me", FORWARDING, to),
                new RegistryCommand.ChangeRule("me", FORWARDING, to),
                new RegistryCommand.EnableRule("me", "out1", false, to),
                new RegistryCommand.DeleteRule("me", "out1", to),
                new RegistryCommand.AddTokenKey("me", SECRET, true, to),
                new RegistryCommand.RemoveTokenKey("me", 12, to),
                new RegistryCommand.RevokeToken("me", REVOKED.id(), REVOKED.expiresAt(), to),
                new RegistryCommand.GetRevoked(12, someone()));
    }

    private static Stream<Object> events() {
        return Stream.of(
                new RegistryEvent.GroupCreated(NOW, "me", "GID_one"),
                new RegistryEvent.GroupDeleted(NOW, "me", "GID_one"),
                new RegistryEvent.ParentTopicCreated(NOW, "me", "news"),
                new RegistryEvent.ParentTopicDeleted(NOW, "me", "news"),
                new RegistryEvent.UserAdded(NOW, "me", "bob", SECRET, List.of()),
                new RegistryEvent.UserRemoved(NOW, "me", "bob"),
                new RegistryEvent.PasswordChanged(NOW, "me", "bob", SECRET),
                new RegistryEvent.AccessKeyAdded(NOW, "me", "key", SECRET, null, List.of()),
                new RegistryEvent.AccessKeyRemoved(NOW, "me", "key"),
                new RegistryEvent.PermissionAdded(NOW, "me", "rule-1", RULE),
                new RegistryEvent.PermissionRemoved(NOW, "me", "rule-1"),
                new RegistryEvent.UserAdded(NOW, "me", "bob", SECRET, List.of("%u", "a*")),
                new RegistryEvent.AccessKeyAdded(NOW, "me", "key", SECRET, "acme", List.of("b*")),
                new RegistryEvent.RuleCreated(NOW, "me", "out1", FORWARDING),
                new RegistryEvent.RuleChanged(NOW, "me", "out1", FORWARDING.enabled(false)),
                new RegistryEvent.RuleDeleted(NOW, "me", "out1"),
                new RegistryEvent.TokenKeyAdded(NOW, "me", "12", SECRET),
                new RegistryEvent.TokenKeyRemoved(NOW, "me", "12"),
                new RegistryEvent.TokenRevoked(NOW, "me", REVOKED.id(), REVOKED.expiresAt()));
    }

    private static Stream<Object> replies() {
        return Stream.of(
                new RegistryReply.Done(3, "bob"),
                new RegistryReply.Rejected(RegistryReply.Code.EXISTS, "text"),
                new RegistryReply.Additions("fleet", STATE),
                new RegistryReply.AuditPage(
                        List.of(new RegistryReply.AuditEntry(1, NOW, "me", "user-added", "bob", "")), 0),
                STATE,
                new RegistryReply.Additions("fleet", WITH_CLIENT_IDS),
                WITH_CLIENT_IDS,
                new RegistryReply.Additions("fleet", WITH_RULES),
                WITH_RULES,
                new RegistryReply.Additions("fleet", WITH_TOKENS),
                WITH_TOKENS,
                new RegistryReply.RevokedPage("fleet", List.of(REVOKED), 13));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void noMessageShowsASecret(Object message) {
        assertThat(message.toString())
                .doesNotContain("hunter2")
                .doesNotContain("conf-secret")
                .doesNotContain("$2b$");
    }

    @Override
    protected Stream<Class<?>> types() {
        return Stream.of(RegistryCommand.class, RegistryEvent.class, RegistryReply.class, RegistryState.class);
    }

    @Test
    void theJournalKeepsItsFormat() throws IOException {
        ObjectMapper mapper = mapper("jackson-json");
        assertThat(mapper.readTree(
                        mapper.writeValueAsString(new RegistryEvent.UserAdded(NOW, "me", "bob", SECRET, List.of()))))
                .isEqualTo(mapper.readTree("""
                        {"time":"2026-11-21T12:00:00.123456Z","by":"me","subject":"bob","passwordHash":"hunter2",
                        "clientIds":[]}"""));
        assertThat(mapper.readTree(
                        mapper.writeValueAsString(new RegistryEvent.PermissionAdded(NOW, "me", "rule-1", RULE))))
                .isEqualTo(mapper.readTree("""
                        {"time":"2026-11-21T12:00:00.123456Z","by":"me","subject":"rule-1",
                        "rule":{"id":"rule-1","effect":"DENY","action":"PUBLISH",
                        "users":["u"],"groups":["g"],"clients":["c"],"topics":["a","b/#"]}}"""));
    }
}
