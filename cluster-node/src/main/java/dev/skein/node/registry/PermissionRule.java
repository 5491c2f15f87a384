package dev.skein.node.registry;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * One permission rule; rules are tried in order and the first that fits decides.
 *
 * @param id names the rule in its instance, 1..64 letters, digits, {@code -}, {@code _}; empty in a command to have one
 *     given
 * @param effect what the rule decides
 * @param action what it decides about
 * @param users user names or access key ids; empty fits everybody
 * @param groups Group IDs; empty fits everybody
 * @param clients client IDs; empty fits everybody
 * @param topics topic filters, at least one; {@code %c} and {@code %u} stand for client ID and user name
 */
public record PermissionRule(
        String id,
        Effect effect,
        Action action,
        Set<String> users,
        Set<String> groups,
        Set<String> clients,
        List<String> topics) {
    /** What a certificate says who a client is, in {@code users} and in the owner of a session, begins with it. */
    public static final String CERTIFICATE = "certificate:";

    /** What a rule, or the default, decides. */
    public enum Effect {
        ALLOW,
        DENY
    }

    /** What a rule decides about. */
    public enum Action {
        PUBLISH,
        SUBSCRIBE,
        ALL
    }

    /** Copies the collections. */
    public PermissionRule {
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
        clients = Set.copyOf(clients);
        topics = List.copyOf(topics);
    }

    /** The rule in the words of the configuration, such as {@code allow publish topics [a/#] users [bob]}. */
    public String describe() {
        StringBuilder text = new StringBuilder(64)
                .append(effect.name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(action.name().toLowerCase(Locale.ROOT))
                .append(" topics ")
                .append(topics);
        describe(text, " users ", users);
        describe(text, " groups ", groups);
        describe(text, " clients ", clients);
        return text.toString();
    }

    private static void describe(StringBuilder text, String what, Set<String> names) {
        if (!names.isEmpty()) {
            text.append(what).append(new TreeSet<>(names));
        }
    }

    /** The same rule under another id. */
    public PermissionRule withId(String newId) {
        return new PermissionRule(newId, effect, action, users, groups, clients, topics);
    }
}
