package dev.skein.node.registry;

import dev.skein.node.cluster.ClusterMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What was added to an instance beside its configuration; also the content of a snapshot.
 *
 * @param permissions in the order in which they were added
 * @param rules by their ids
 * @param tokens keys that sign tokens, and tokens that were revoked
 * @param version number of events so far
 */
record RegistryState(
        Set<String> groups,
        Set<String> parentTopics,
        Map<String, User> users,
        Map<String, AccessKey> accessKeys,
        List<PermissionRule> permissions,
        Map<String, RuleDefinition> rules,
        TokenState tokens,
        long version)
        implements ClusterMessage {

    static final RegistryState EMPTY = new RegistryState(Set.of(), Set.of(), Map.of(), Map.of(), List.of(), 0);

    /** Without rules and tokens. */
    RegistryState(
            Set<String> groups,
            Set<String> parentTopics,
            Map<String, User> users,
            Map<String, AccessKey> accessKeys,
            List<PermissionRule> permissions,
            long version) {
        this(groups, parentTopics, users, accessKeys, permissions, Map.of(), TokenState.EMPTY, version);
    }

    /** Copies the collections; the release before wrote no rules and no tokens. */
    RegistryState {
        groups = Set.copyOf(groups);
        parentTopics = Set.copyOf(parentTopics);
        users = Map.copyOf(users);
        accessKeys = Map.copyOf(accessKeys);
        permissions = List.copyOf(permissions);
        rules = rules == null ? Map.of() : Map.copyOf(rules);
        tokens = tokens == null ? TokenState.EMPTY : tokens;
    }

    RegistryState apply(RegistryEvent event) {
        return switch (event) {
            case RegistryEvent.GroupCreated e -> withGroups(g -> g.add(e.subject()));
            case RegistryEvent.GroupDeleted e -> withGroups(g -> g.remove(e.subject()));
            case RegistryEvent.ParentTopicCreated e -> withParentTopics(t -> t.add(e.subject()));
            case RegistryEvent.ParentTopicDeleted e -> withParentTopics(t -> t.remove(e.subject()));
            case RegistryEvent.UserAdded e ->
                withUsers(u -> u.put(e.subject(), new User(e.subject(), e.passwordHash(), e.clientIds())));
            case RegistryEvent.PasswordChanged e ->
                withUsers(u -> u.computeIfPresent(
                        e.subject(), (name, before) -> new User(name, e.passwordHash(), before.clientIds())));
            case RegistryEvent.UserRemoved e -> withUsers(u -> u.remove(e.subject()));
            case RegistryEvent.AccessKeyAdded e ->
                withAccessKeys(
                        k -> k.put(e.subject(), new AccessKey(e.subject(), e.secret(), e.account(), e.clientIds())));
            case RegistryEvent.AccessKeyRemoved e -> withAccessKeys(k -> k.remove(e.subject()));
            case RegistryEvent.PermissionAdded e -> withPermissions(p -> p.add(e.rule()));
            case RegistryEvent.PermissionRemoved e ->
                withPermissions(p -> p.removeIf(rule -> rule.id().equals(e.subject())));
            case RegistryEvent.RuleCreated e -> withRules(r -> r.put(e.subject(), e.rule()));
            case RegistryEvent.RuleChanged e -> withRules(r -> r.put(e.subject(), e.rule()));
            case RegistryEvent.RuleDeleted e -> withRules(r -> r.remove(e.subject()));
            case RegistryEvent.TokenKeyAdded e ->
                withTokens(tokens.withKey(Integer.parseInt(e.subject()), e.secret(), e.time()));
            case RegistryEvent.TokenKeyRemoved e -> withTokens(tokens.withoutKey(Integer.parseInt(e.subject())));
            case RegistryEvent.TokenRevoked e ->
                withTokens(tokens.withRevoked(new RevokedToken(e.subject(), e.expiresAt(), version + 1), e.time()));
        };
    }

    /** The configuration with what was added; what both name is as the configuration has it. */
    InstanceView over(InstanceView seed) {
        Set<String> allGroups = new HashSet<>(groups);
        allGroups.addAll(seed.groups());
        Set<String> allParentTopics = new HashSet<>(parentTopics);
        allParentTopics.addAll(seed.parentTopics());
        Map<String, User> allUsers = new HashMap<>(users);
        allUsers.putAll(seed.users());
        Map<String, AccessKey> allAccessKeys = new HashMap<>(accessKeys);
        allAccessKeys.putAll(seed.accessKeys());
        return new InstanceView(
                seed.id(),
                seed.mode(),
                seed.anonymous(),
                seed.duplicateClientId(),
                seed.limits(),
                seed.sessions(),
                seed.p2p(),
                allGroups,
                allParentTopics,
                allUsers,
                allAccessKeys,
                rulesOver(seed),
                seed.defaultPermission(),
                seed.rules().with(rules),
                seed.tokens().with(tokens),
                version);
    }

    private List<PermissionRule> rulesOver(InstanceView seed) {
        Map<String, PermissionRule> byId = new LinkedHashMap<>();
        seed.permissions().forEach(rule -> byId.put(rule.id(), rule));
        permissions.forEach(rule -> byId.putIfAbsent(rule.id(), rule));
        return List.copyOf(byId.values());
    }

    private RegistryState withGroups(Consumer<Set<String>> change) {
        Set<String> changed = new HashSet<>(groups);
        change.accept(changed);
        return new RegistryState(changed, parentTopics, users, accessKeys, permissions, rules, tokens, version + 1);
    }

    private RegistryState withParentTopics(Consumer<Set<String>> change) {
        Set<String> changed = new HashSet<>(parentTopics);
        change.accept(changed);
        return new RegistryState(groups, changed, users, accessKeys, permissions, rules, tokens, version + 1);
    }

    private RegistryState withUsers(Consumer<Map<String, User>> change) {
        Map<String, User> changed = new HashMap<>(users);
        change.accept(changed);
        return new RegistryState(groups, parentTopics, changed, accessKeys, permissions, rules, tokens, version + 1);
    }

    private RegistryState withAccessKeys(Consumer<Map<String, AccessKey>> change) {
        Map<String, AccessKey> changed = new HashMap<>(accessKeys);
        change.accept(changed);
        return new RegistryState(groups, parentTopics, users, changed, permissions, rules, tokens, version + 1);
    }

    private RegistryState withPermissions(Consumer<List<PermissionRule>> change) {
        List<PermissionRule> changed = new ArrayList<>(permissions);
        change.accept(changed);
        return new RegistryState(groups, parentTopics, users, accessKeys, changed, rules, tokens, version + 1);
    }

    private RegistryState withRules(Consumer<Map<String, RuleDefinition>> change) {
        Map<String, RuleDefinition> changed = new HashMap<>(rules);
        change.accept(changed);
        return new RegistryState(groups, parentTopics, users, accessKeys, permissions, changed, tokens, version + 1);
    }

    private RegistryState withTokens(TokenState changed) {
        return new RegistryState(groups, parentTopics, users, accessKeys, permissions, rules, changed, version + 1);
    }

    /** As every node has it at once. */
    RegistryState withoutRevoked() {
        return new RegistryState(
                groups, parentTopics, users, accessKeys, permissions, rules, tokens.withoutRevoked(), version);
    }
}
