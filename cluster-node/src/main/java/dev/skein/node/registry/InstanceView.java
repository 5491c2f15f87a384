package dev.skein.node.registry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An immutable copy of one instance's resources, read by any thread without a lock.
 *
 * @param id instance id, 1..64 letters, digits, {@code -}, {@code _}
 * @param mode open or apsara
 * @param anonymous from where clients without a user name are admitted
 * @param duplicateClientId what a second connection with the same client ID gets
 * @param limits limits, "auto" resolved
 * @param sessions what persistent sessions keep, "auto" resolved
 * @param p2p whether {@code <parent>/p2p/<clientId>} addresses a client, "auto" resolved; else it is a topic like
 *     others
 * @param groups registered Group IDs
 * @param parentTopics registered parent topics; in open mode they restrict nothing
 * @param users users by name
 * @param accessKeys access keys by id
 * @param permissions rules in the order in which they are tried: those of the configuration first
 * @param defaultPermission what holds when no rule fits
 * @param rules between the instance and back ends
 * @param tokens keys that sign tokens, and tokens that were revoked
 * @param version grows with every change; 0 for the configuration alone
 */
public record InstanceView(
        String id,
        Mode mode,
        Anonymous anonymous,
        DuplicateClientId duplicateClientId,
        InstanceLimits limits,
        SessionRules sessions,
        boolean p2p,
        Set<String> groups,
        Set<String> parentTopics,
        Map<String, User> users,
        Map<String, AccessKey> accessKeys,
        List<PermissionRule> permissions,
        PermissionRule.Effect defaultPermission,
        InstanceRules rules,
        InstanceTokens tokens,
        long version) {

    /** Copies the collections. */
    public InstanceView {
        groups = Set.copyOf(groups);
        parentTopics = Set.copyOf(parentTopics);
        users = Map.copyOf(users);
        accessKeys = Map.copyOf(accessKeys);
        permissions = List.copyOf(permissions);
    }

    /** The same with what this node knows of revoked tokens by now. */
    InstanceView withRevokedTokens() {
        return new InstanceView(
                id,
                mode,
                anonymous,
                duplicateClientId,
                limits,
                sessions,
                p2p,
                groups,
                parentTopics,
                users,
                accessKeys,
                permissions,
                defaultPermission,
                rules,
                tokens.refreshed(),
                version);
    }

    /** Whether {@code group} is registered. */
    public boolean hasGroup(String group) {
        return groups.contains(group);
    }

    /** Whether {@code parentTopic} is registered; case matters. */
    public boolean hasParentTopic(String parentTopic) {
        return parentTopics.contains(parentTopic);
    }

    /** The user of that name, or null. */
    public @Nullable User user(String name) {
        return users.get(name);
    }

    /** The access key of that id, or null. */
    public @Nullable AccessKey accessKey(String keyId) {
        return accessKeys.get(keyId);
    }
}
