package dev.skein.node.registry;

import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.RegistryReply.Rejected;
import dev.skein.protocol.wire.FailureText;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What may be changed in one instance, and the event that says so. */
final class RegistryChecks {
    // Every change copies the instance, on each node.
    private static final int EACH_MAX = 10_000;

    private final InstanceView seed;

    RegistryChecks(InstanceView seed) {
        this.seed = seed;
    }

    /** Why {@code change} is not made; empty when it is. */
    Optional<Rejected> check(RegistryState state, RegistryCommand.Change change, Instant now) {
        String by = RegistryNames.by(change.by());
        if (by != null) {
            return Optional.of(new Rejected(Code.INVALID, by));
        }
        return Optional.ofNullable(
                switch (change) {
                    case RegistryCommand.CreateGroup c -> createGroup(state, c.group());
                    case RegistryCommand.DeleteGroup c -> remove("group", c.group(), seed.groups(), state.groups());
                    case RegistryCommand.CreateParentTopic c -> createParentTopic(state, c.parentTopic());
                    case RegistryCommand.DeleteParentTopic c ->
                        remove("parent-topic", c.parentTopic(), seed.parentTopics(), state.parentTopics());
                    case RegistryCommand.AddUser c -> addUser(state, c);
                    case RegistryCommand.RemoveUser c -> knownUser(state, c.name());
                    case RegistryCommand.SetPassword c ->
                        first(knownUser(state, c.name()), invalid(hash(c.passwordHash())));
                    case RegistryCommand.AddAccessKey c -> addAccessKey(state, c);
                    case RegistryCommand.RemoveAccessKey c ->
                        remove(
                                "access-key",
                                c.id(),
                                seed.accessKeys().keySet(),
                                state.accessKeys().keySet());
                    case RegistryCommand.AddPermission c -> addPermission(state, c.rule());
                    case RegistryCommand.RemovePermission c ->
                        remove("permission", c.ruleId(), ruleIds(seed.permissions()), ruleIds(state.permissions()));
                    case RegistryCommand.CreateRule c -> createRule(state, c.rule());
                    case RegistryCommand.ChangeRule c ->
                        first(knownRule(state, c.rule().id()), validRule(state, c.rule()));
                    case RegistryCommand.EnableRule c -> knownRule(state, c.ruleId());
                    case RegistryCommand.DeleteRule c -> knownRule(state, c.ruleId());
                    case RegistryCommand.AddTokenKey c -> TokenChecks.addKey(state, c, now);
                    case RegistryCommand.RemoveTokenKey c -> TokenChecks.removeKey(state, c.number());
                    case RegistryCommand.RevokeToken c -> TokenChecks.revoke(state, c, now);
                });
    }

    /** The event of a change that {@link #check} lets pass. */
    RegistryEvent event(RegistryState state, RegistryCommand.Change change, Instant now) {
        String by = change.by();
        return switch (change) {
            case RegistryCommand.CreateGroup c -> new RegistryEvent.GroupCreated(now, by, c.group());
            case RegistryCommand.DeleteGroup c -> new RegistryEvent.GroupDeleted(now, by, c.group());
            case RegistryCommand.CreateParentTopic c -> new RegistryEvent.ParentTopicCreated(now, by, c.parentTopic());
            case RegistryCommand.DeleteParentTopic c -> new RegistryEvent.ParentTopicDeleted(now, by, c.parentTopic());
            case RegistryCommand.AddUser c ->
                new RegistryEvent.UserAdded(now, by, c.name(), c.passwordHash(), c.clientIds());
            case RegistryCommand.RemoveUser c -> new RegistryEvent.UserRemoved(now, by, c.name());
            case RegistryCommand.SetPassword c ->
                new RegistryEvent.PasswordChanged(now, by, c.name(), c.passwordHash());
            case RegistryCommand.AddAccessKey c ->
                new RegistryEvent.AccessKeyAdded(now, by, c.id(), c.secret(), c.account(), c.clientIds());
            case RegistryCommand.RemoveAccessKey c -> new RegistryEvent.AccessKeyRemoved(now, by, c.id());
            case RegistryCommand.AddPermission c -> permissionAdded(state, c.rule(), by, now);
            case RegistryCommand.RemovePermission c -> new RegistryEvent.PermissionRemoved(now, by, c.ruleId());
            case RegistryCommand.CreateRule c ->
                new RegistryEvent.RuleCreated(now, by, c.rule().id(), c.rule());
            case RegistryCommand.ChangeRule c ->
                new RegistryEvent.RuleChanged(now, by, c.rule().id(), c.rule());
            case RegistryCommand.EnableRule c ->
                new RegistryEvent.RuleChanged(
                        now,
                        by,
                        c.ruleId(),
                        Objects.requireNonNull(state.rules().get(c.ruleId())).enabled(c.enabled()));
            case RegistryCommand.DeleteRule c -> new RegistryEvent.RuleDeleted(now, by, c.ruleId());
            case RegistryCommand.AddTokenKey c ->
                new RegistryEvent.TokenKeyAdded(now, by, Integer.toString(TokenChecks.number(state)), c.secret());
            case RegistryCommand.RemoveTokenKey c ->
                new RegistryEvent.TokenKeyRemoved(now, by, Integer.toString(c.number()));
            case RegistryCommand.RevokeToken c -> new RegistryEvent.TokenRevoked(now, by, c.tokenId(), c.expiresAt());
        };
    }

    private @Nullable Rejected createRule(RegistryState state, RuleDefinition rule) {
        return first(
                invalid(RuleChecks.id(rule.id())),
                absent(
                        "rule",
                        rule.id(),
                        seed.rules().byId().keySet(),
                        state.rules().keySet()),
                validRule(state, rule));
    }

    private @Nullable Rejected validRule(RegistryState state, RuleDefinition rule) {
        return first(
                invalid(RuleChecks.violation(rule)),
                invalid(RuleChecks.beside(rule, seed.rules().with(state.rules()))));
    }

    private @Nullable Rejected knownRule(RegistryState state, String id) {
        return remove("rule", id, seed.rules().byId().keySet(), state.rules().keySet());
    }

    private static RegistryEvent permissionAdded(RegistryState state, PermissionRule rule, String by, Instant now) {
        // The event's own number: no other rule ever had it.
        String id = rule.id().isEmpty() ? "rule-" + (state.version() + 1) : rule.id();
        return new RegistryEvent.PermissionAdded(now, by, id, rule.withId(id));
    }

    private @Nullable Rejected createGroup(RegistryState state, String group) {
        return first(
                invalid(RegistryNames.group(group)),
                absent("group", group, seed.groups(), state.groups()),
                tooMany("groups", state.groups().size()));
    }

    private @Nullable Rejected createParentTopic(RegistryState state, String parentTopic) {
        return first(
                invalid(RegistryNames.parentTopic(parentTopic)),
                absentInAnyCase(parentTopic, seed.parentTopics()),
                absentInAnyCase(parentTopic, state.parentTopics()),
                tooMany("parent-topics", state.parentTopics().size()));
    }

    private @Nullable Rejected addUser(RegistryState state, RegistryCommand.AddUser command) {
        String name = command.name();
        return first(
                invalid(RegistryNames.user(name)),
                absent("user", name, seed.users().keySet(), state.users().keySet()),
                absent(
                        "access-key",
                        name,
                        seed.accessKeys().keySet(),
                        state.accessKeys().keySet()),
                invalid(hash(command.passwordHash())),
                invalid(RegistryNames.clientIds(command.clientIds())),
                tooMany("users", state.users().size()));
    }

    private @Nullable Rejected addAccessKey(RegistryState state, RegistryCommand.AddAccessKey command) {
        String id = command.id();
        return first(
                invalid(RegistryNames.accessKey(id)),
                absent(
                        "access-key",
                        id,
                        seed.accessKeys().keySet(),
                        state.accessKeys().keySet()),
                absent("user", id, seed.users().keySet(), state.users().keySet()),
                invalid(RegistryNames.secret(command.secret())),
                invalid(command.account() == null ? null : RegistryNames.account(command.account())),
                invalid(RegistryNames.clientIds(command.clientIds())),
                tooMany("access-keys", state.accessKeys().size()));
    }

    private @Nullable Rejected addPermission(RegistryState state, PermissionRule rule) {
        return first(
                invalid(rule.id().isEmpty() ? null : RegistryNames.ruleId(rule.id())),
                invalid(RegistryNames.rule(rule)),
                absent("permission", rule.id(), ruleIds(seed.permissions()), ruleIds(state.permissions())),
                tooMany("permissions", state.permissions().size()));
    }

    private @Nullable Rejected knownUser(RegistryState state, String name) {
        return remove("user", name, seed.users().keySet(), state.users().keySet());
    }

    private static @Nullable String hash(Secret passwordHash) {
        return PasswordHashFormat.violation(passwordHash.value());
    }

    private static Collection<String> ruleIds(Collection<PermissionRule> rules) {
        return rules.stream().map(PermissionRule::id).toList();
    }

    private static @Nullable Rejected remove(
            String what, String name, Collection<String> configured, Collection<String> added) {
        if (configured.contains(name)) {
            return new Rejected(
                    Code.CONFIGURED,
                    FailureText.of(what, name, "one that was added by the API; the configuration names this one"));
        }
        return added.contains(name)
                ? null
                : new Rejected(Code.NOT_FOUND, FailureText.of(what, name, "one that exists"));
    }

    private static @Nullable Rejected absent(
            String what, String name, Collection<String> configured, Collection<String> added) {
        return configured.contains(name) || added.contains(name) ? exists(what, name, name) : null;
    }

    // Parent topics are unique whatever their case, as documented, and matched with it, as MQTT says.
    private static @Nullable Rejected absentInAnyCase(String parentTopic, Collection<String> present) {
        return present.stream()
                .filter(parentTopic::equalsIgnoreCase)
                .findFirst()
                .map(other -> exists("parent-topic", parentTopic, other))
                .orElse(null);
    }

    private static Rejected exists(String what, String name, String other) {
        return new Rejected(Code.EXISTS, FailureText.of(what, name, "a new one; " + other + " exists already"));
    }

    private static @Nullable Rejected tooMany(String what, int count) {
        return count < EACH_MAX
                ? null
                : new Rejected(Code.INVALID, "%s: %d (expected: at most %d)".formatted(what, count + 1, EACH_MAX));
    }

    private static @Nullable Rejected invalid(@Nullable String violation) {
        return violation == null ? null : new Rejected(Code.INVALID, violation);
    }

    private static @Nullable Rejected first(@Nullable Rejected... candidates) {
        for (Rejected candidate : candidates) {
            if (candidate != null) {
                return candidate;
            }
        }
        return null;
    }
}
