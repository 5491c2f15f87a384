package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import dev.skein.node.registry.RegistryReply.AuditEntry;
import dev.skein.node.registry.RegistryReply.AuditPage;
import dev.skein.node.registry.RegistryReply.ChangeReply;
import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.RegistryReply.Done;
import dev.skein.node.registry.RegistryReply.Rejected;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With an in-memory journal, and every message, event and snapshot serialized. */
class RegistryTest {
    private static final ActorTestKit KIT = ActorTestKit.create(PersistenceTestKitPlugin.getInstance()
            .config()
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(Messages.SERIALIZATION)
            .withFallback(ConfigFactory.load()));
    private static final AtomicInteger INSTANCES = new AtomicInteger();
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123456Z");
    private static final Secret HASH = new Secret(Seeds.HASH);
    private static final PermissionRule RULE =
            new PermissionRule("", Effect.ALLOW, Action.ALL, Set.of("bob"), Set.of(), Set.of(), List.of("news/%c/#"));

    private final String id = "instance-" + INSTANCES.incrementAndGet(); // each test with a journal of its own
    private final List<RegistryReply.Additions> told = new CopyOnWriteArrayList<>();
    private ActorRef<RegistryCommand> registry = KIT.system().deadLetters().unsafeUpcast();

    @BeforeEach
    void start() {
        registry = spawn(Seeds.fleet());
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    static Stream<Arguments> rejections() {
        return Stream.of(
                rejection(r -> new RegistryCommand.CreateGroup("me", "cars", r), Code.INVALID, "prefix GID_ or GID-"),
                rejection(
                        r -> new RegistryCommand.CreateGroup("me", "GID_conf", r),
                        Code.EXISTS,
                        "group: GID_conf (expected: a new one; GID_conf exists already)"),
                rejection(
                        r -> new RegistryCommand.DeleteGroup("me", "GID_conf", r),
                        Code.CONFIGURED,
                        "group: GID_conf (expected: one that was added by the API; the configuration names this one)"),
                rejection(
                        r -> new RegistryCommand.DeleteGroup("me", "GID_gone", r),
                        Code.NOT_FOUND,
                        "group: GID_gone (expected: one that exists)"),
                rejection(
                        r -> new RegistryCommand.CreateParentTopic("me", "a/b/c", r), Code.INVALID, "letters, digits"),
                rejection(
                        r -> new RegistryCommand.CreateParentTopic("me", "CONF", r),
                        Code.EXISTS,
                        "parent-topic: CONF (expected: a new one; conf exists already)"),
                rejection(r -> new RegistryCommand.DeleteParentTopic("me", "conf", r), Code.CONFIGURED, "parent-topic"),
                rejection(r -> new RegistryCommand.DeleteParentTopic("me", "gone", r), Code.NOT_FOUND, "parent-topic"),
                rejection(r -> new RegistryCommand.AddUser("me", "a|b", HASH, List.of(), r), Code.INVALID, "user: a|b"),
                rejection(
                        r -> new RegistryCommand.AddUser("me", "bob", new Secret("hunter2"), List.of(), r),
                        Code.INVALID,
                        "password-hash: ***"),
                rejection(
                        r -> new RegistryCommand.AddUser("me", "bob", HASH, List.of("%c"), r),
                        Code.INVALID,
                        "client-ids: %c"),
                rejection(
                        r -> new RegistryCommand.AddAccessKey("me", "key", new Secret("s"), "a|b", List.of(), r),
                        Code.INVALID,
                        "account: a|b"),
                rejection(
                        r -> new RegistryCommand.AddUser("me", "conf-user", HASH, List.of(), r),
                        Code.EXISTS,
                        "user: conf-user"),
                rejection(
                        r -> new RegistryCommand.AddUser("me", "conf-key", HASH, List.of(), r),
                        Code.EXISTS,
                        "access-key: conf-key"),
                rejection(r -> new RegistryCommand.SetPassword("me", "conf-user", HASH, r), Code.CONFIGURED, "user"),
                rejection(r -> new RegistryCommand.SetPassword("me", "bob", HASH, r), Code.NOT_FOUND, "user: bob"),
                rejection(r -> new RegistryCommand.RemoveUser("me", "conf-user", r), Code.CONFIGURED, "user"),
                rejection(
                        r -> new RegistryCommand.AddAccessKey("me", "key", new Secret(""), null, List.of(), r),
                        Code.INVALID,
                        "secret: 0 characters"),
                rejection(
                        r -> new RegistryCommand.AddAccessKey("me", "conf-user", new Secret("s"), null, List.of(), r),
                        Code.EXISTS,
                        "user: conf-user"),
                rejection(r -> new RegistryCommand.RemoveAccessKey("me", "conf-key", r), Code.CONFIGURED, "access-key"),
                rejection(r -> new RegistryCommand.AddPermission("me", RULE.withId("a b"), r), Code.INVALID, "id: a b"),
                rejection(
                        r -> new RegistryCommand.AddPermission("me", RULE.withId("configuration-1"), r),
                        Code.EXISTS,
                        "permission: configuration-1"),
                rejection(
                        r -> new RegistryCommand.RemovePermission("me", "configuration-1", r),
                        Code.CONFIGURED,
                        "permission"),
                rejection(r -> new RegistryCommand.RemovePermission("me", "rule-1", r), Code.NOT_FOUND, "permission"),
                rejection(r -> new RegistryCommand.CreateGroup("", "GID_one", r), Code.INVALID, "by: "));
    }

    private static Arguments rejection(
            Function<ActorRef<ChangeReply>, RegistryCommand> command, Code code, String text) {
        return Arguments.of(command, code, text);
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("rejections")
    void whatIsWrongChangesNothing(Function<ActorRef<ChangeReply>, RegistryCommand> command, Code code, String text) {
        assertThat(change(command)).isInstanceOfSatisfying(Rejected.class, rejected -> {
            assertThat(rejected.code()).isEqualTo(code);
            assertThat(rejected.text()).contains(text).doesNotContain("hunter2");
        });
        assertThat(view().version()).isZero();
    }

    @Test
    void whatWasAddedStandsBesideTheConfigurationAndCanBeRemoved() {
        fill();
        InstanceView view = view();
        assertThat(view.groups()).containsExactlyInAnyOrder("GID_conf", "GID_one");
        assertThat(view.parentTopics()).containsExactlyInAnyOrder("conf", "news");
        assertThat(view.users()).containsOnlyKeys("conf-user", "bob");
        assertThat(view.accessKey("key")).isEqualTo(new AccessKey("key", new Secret("topsecret"), null, List.of()));
        assertThat(view.permissions())
                .extracting(PermissionRule::id)
                .containsExactly("configuration-1", "rule-5", "named");
        assertThat(view.version()).isEqualTo(6);

        done(r -> new RegistryCommand.DeleteGroup("me", "GID_one", r));
        done(r -> new RegistryCommand.DeleteParentTopic("me", "news", r));
        done(r -> new RegistryCommand.RemoveUser("me", "bob", r));
        done(r -> new RegistryCommand.RemoveAccessKey("me", "key", r));
        done(r -> new RegistryCommand.RemovePermission("me", "rule-5", r));
        assertThat(done(r -> new RegistryCommand.RemovePermission("me", "named", r)))
                .isEqualTo(new Done(12, "named"));
        assertThat(additions()).isEqualTo(new RegistryState(Set.of(), Set.of(), Map.of(), Map.of(), List.of(), 12));
    }

    @Test
    void theAnswerNamesTheVersionThatShowsTheChangeAndTheListenerIsToldBefore() {
        assertThat(done(r -> new RegistryCommand.CreateGroup("me", "GID_one", r)))
                .isEqualTo(new Done(1, "GID_one"));
        assertThat(told).extracting(added -> added.state().version()).containsExactly(0L, 1L);
        assertThat(told.getLast().state().groups()).contains("GID_one");
    }

    @Test
    void anotherPasswordLeavesAUsersClientIds() {
        done(r -> new RegistryCommand.AddUser("me", "bob", HASH, List.of("%u-*"), r));
        done(r -> new RegistryCommand.SetPassword("me", "bob", new Secret(Seeds.OTHER_HASH), r));
        assertThat(view().user("bob")).isEqualTo(new User("bob", new Secret(Seeds.OTHER_HASH), List.of("%u-*")));
    }

    @Test
    void whatWasAddedTwiceExists() {
        done(r -> new RegistryCommand.CreateParentTopic("me", "news", r));
        assertThat(change(r -> new RegistryCommand.CreateParentTopic("me", "News", r)))
                .isEqualTo(new Rejected(Code.EXISTS, "parent-topic: News (expected: a new one; news exists already)"));
    }

    @Test
    void aRestartKeepsEverything() {
        fill();
        RegistryState before = additions();
        KIT.stop(registry);
        registry = spawn(Seeds.fleet());
        assertThat(additions()).isEqualTo(before);
        assertThat(told.getLast()).isEqualTo(new RegistryReply.Additions(id, before));
    }

    @Test
    void aSnapshotKeepsEverything() {
        fill();
        for (int i = 0; i < 300; i++) { // a snapshot at the 500th event
            String group = "GID_many" + i;
            done(r -> new RegistryCommand.CreateGroup("me", group, r));
            done(r -> new RegistryCommand.DeleteGroup("me", group, r));
        }
        RegistryState before = additions();
        KIT.stop(registry);
        registry = spawn(Seeds.fleet());
        assertThat(additions()).isEqualTo(before);
        assertThat(audit(3, 1000).entries()).hasSize(2);
    }

    @Test
    void whatTheConfigurationNamesLaterIsNoLongerTheApisToDelete() {
        registry = spawn(Objects.requireNonNull(Seeds.some().get("default")));
        done(r -> new RegistryCommand.AddUser("me", "conf-user", new Secret(Seeds.OTHER_HASH), List.of(), r));
        KIT.stop(registry);
        registry = spawn(Seeds.fleet());
        assertThat(view().user("conf-user")).isEqualTo(new User("conf-user", HASH, List.of()));
        assertThat(change(r -> new RegistryCommand.RemoveUser("me", "conf-user", r)))
                .isInstanceOfSatisfying(
                        Rejected.class, r -> assertThat(r.code()).isEqualTo(Code.CONFIGURED));
    }

    @Test
    void theAuditLogIsPagedFromTheNewestAndHoldsNoSecret() {
        fill();
        AuditPage first = audit(0, 4);
        assertThat(first.entries())
                .containsExactly(
                        entry(6, "permission-added", "named"),
                        entry(5, "permission-added", "rule-5"),
                        entry(4, "access-key-added", "key"),
                        entry(3, "user-added", "bob"));
        AuditPage second = audit(first.before(), 4);
        assertThat(second.entries())
                .containsExactly(entry(2, "parent-topic-created", "news"), entry(1, "group-created", "GID_one"));
        assertThat(second.before()).isZero();
        assertThat(first + " " + second).doesNotContain("$2b$").doesNotContain("topsecret");
        assertThat(audit(1, 4)).isEqualTo(new AuditPage(List.of(), 0));
        assertThat(audit(99, 1).entries()).containsExactly(entry(6, "permission-added", "named"));
    }

    @Test
    void anAuditPageHasItsBounds() {
        TestProbe<RegistryReply.AuditReply> probe = KIT.createTestProbe();
        registry.tell(new RegistryCommand.GetAudit(0, 1001, probe.getRef()));
        assertThat(probe.receiveMessage())
                .isEqualTo(new Rejected(Code.INVALID, "before: 0, limit: 1001 (expected: before >= 0, limit 1..1000)"));
    }

    @Test
    void anInstanceThatThisNodeDoesNotKnowYetTakesNoChangesAndTellsItsAdditions() {
        fill();
        RegistryState before = additions();
        KIT.stop(registry);
        registry = spawn(Map.of());
        assertThat(change(r -> new RegistryCommand.CreateGroup("me", "GID_two", r)))
                .isEqualTo(new Rejected(
                        Code.UNKNOWN_INSTANCE, "instance: " + id + " (expected: one that skein.instances configures)"));
        assertThat(additions()).isEqualTo(before);
    }

    private void fill() {
        done(r -> new RegistryCommand.CreateGroup("me", "GID_one", r));
        done(r -> new RegistryCommand.CreateParentTopic("me", "news", r));
        done(r -> new RegistryCommand.AddUser("me", "bob", HASH, List.of(), r));
        done(r -> new RegistryCommand.AddAccessKey("me", "key", new Secret("topsecret"), null, List.of(), r));
        assertThat(done(r -> new RegistryCommand.AddPermission("me", RULE, r)).subject())
                .isEqualTo("rule-5");
        done(r -> new RegistryCommand.AddPermission("me", RULE.withId("named"), r));
    }

    private static AuditEntry entry(long sequence, String action, String subject) {
        String detail = action.startsWith("permission") ? "allow all topics [news/%c/#] users [bob]" : "";
        return new AuditEntry(sequence, NOW, "me", action, subject, detail);
    }

    private static InstanceView withId(InstanceView view, String id) {
        return new InstanceView(
                id,
                view.mode(),
                view.anonymous(),
                view.duplicateClientId(),
                view.limits(),
                view.sessions(),
                view.p2p(),
                view.groups(),
                view.parentTopics(),
                view.users(),
                view.accessKeys(),
                view.permissions(),
                view.defaultPermission(),
                view.rules(),
                view.tokens(),
                view.version());
    }

    private ActorRef<RegistryCommand> spawn(InstanceView seed) {
        return spawn(Map.of(id, withId(seed, id)));
    }

    private ActorRef<RegistryCommand> spawn(Map<String, InstanceView> seeds) {
        return KIT.spawn(Registry.create(
                id,
                seeds,
                () -> NOW,
                AuditReader.ofJournal(KIT.system(), PersistenceTestKitReadJournal.Identifier()),
                told::add));
    }

    private Done done(Function<ActorRef<ChangeReply>, RegistryCommand> command) {
        ChangeReply reply = change(command);
        assertThat(reply).isInstanceOf(Done.class);
        return (Done) reply;
    }

    private ChangeReply change(Function<ActorRef<ChangeReply>, RegistryCommand> command) {
        TestProbe<ChangeReply> probe = KIT.createTestProbe();
        registry.tell(command.apply(probe.getRef()));
        return probe.receiveMessage();
    }

    private RegistryState additions() {
        TestProbe<RegistryReply.Additions> probe = KIT.createTestProbe();
        registry.tell(new RegistryCommand.GetAdditions(probe.getRef(), null));
        RegistryReply.Additions additions = probe.receiveMessage();
        assertThat(additions.instanceId()).isEqualTo(id);
        return additions.state();
    }

    private InstanceView view() {
        return additions().over(withId(Seeds.fleet(), id));
    }

    private AuditPage audit(long before, int limit) {
        TestProbe<RegistryReply.AuditReply> probe = KIT.createTestProbe();
        registry.tell(new RegistryCommand.GetAudit(before, limit, probe.getRef()));
        return (AuditPage) probe.receiveMessage();
    }
}
