package dev.skein.node.registry;

import dev.skein.node.cluster.ClusterMessage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of an instance: what the journal holds and the audit log shows.
 *
 * <p>Class and component names are the journal's format: a name once released stays readable.
 */
public sealed interface RegistryEvent extends ClusterMessage {
    /** When. */
    Instant time();

    /** Who asked for it. */
    String by();

    /** Group, parent topic, user, access key, rule or token id. */
    String subject();

    /** A Group ID was registered. */
    record GroupCreated(Instant time, String by, String subject) implements RegistryEvent {}

    /** A Group ID was removed. */
    record GroupDeleted(Instant time, String by, String subject) implements RegistryEvent {}

    /** A parent topic was registered. */
    record ParentTopicCreated(Instant time, String by, String subject) implements RegistryEvent {}

    /** A parent topic was removed. */
    record ParentTopicDeleted(Instant time, String by, String subject) implements RegistryEvent {}

    /** A user was added. */
    record UserAdded(Instant time, String by, String subject, Secret passwordHash, List<String> clientIds)
            implements RegistryEvent {
        /** Copies the list; the release before wrote none. */
        public UserAdded {
            clientIds = clientIds == null ? List.of() : List.copyOf(clientIds);
        }
    }

    /** A user was removed. */
    record UserRemoved(Instant time, String by, String subject) implements RegistryEvent {}

    /** A user got another password. */
    record PasswordChanged(Instant time, String by, String subject, Secret passwordHash) implements RegistryEvent {}

    /** An access key was added. */
    record AccessKeyAdded(
            Instant time,
            String by,
            String subject,
            Secret secret,
            @Nullable String account,
            List<String> clientIds) implements RegistryEvent {
        /** Copies the list; the release before wrote none. */
        public AccessKeyAdded {
            clientIds = clientIds == null ? List.of() : List.copyOf(clientIds);
        }
    }

    /** An access key was removed. */
    record AccessKeyRemoved(Instant time, String by, String subject) implements RegistryEvent {}

    /** A rule was added behind all others; the rule's id is the subject. */
    record PermissionAdded(Instant time, String by, String subject, PermissionRule rule) implements RegistryEvent {}

    /** A rule was removed. */
    record PermissionRemoved(Instant time, String by, String subject) implements RegistryEvent {}

    /** A rule between the instance and a back end was made. */
    record RuleCreated(Instant time, String by, String subject, RuleDefinition rule) implements RegistryEvent {}

    /** A rule was changed, enabled or disabled. */
    record RuleChanged(Instant time, String by, String subject, RuleDefinition rule) implements RegistryEvent {}

    /** A rule was removed. */
    record RuleDeleted(Instant time, String by, String subject) implements RegistryEvent {}

    /** A key that signs tokens was added; its number is the subject. */
    record TokenKeyAdded(Instant time, String by, String subject, Secret secret) implements RegistryEvent {}

    /** A key that signs tokens was removed: none of them counts any more. */
    record TokenKeyRemoved(Instant time, String by, String subject) implements RegistryEvent {}

    /** A token was revoked; its id is the subject. */
    record TokenRevoked(Instant time, String by, String subject, long expiresAt) implements RegistryEvent {}

    /** What the audit log shows of this event, under its number in the journal. */
    default RegistryReply.AuditEntry audit(long sequence) {
        return switch (this) {
            case GroupCreated e -> entry(sequence, "group-created", "");
            case GroupDeleted e -> entry(sequence, "group-deleted", "");
            case ParentTopicCreated e -> entry(sequence, "parent-topic-created", "");
            case ParentTopicDeleted e -> entry(sequence, "parent-topic-deleted", "");
            case UserAdded e -> entry(sequence, "user-added", clientIds(e.clientIds()));
            case UserRemoved e -> entry(sequence, "user-removed", "");
            case PasswordChanged e -> entry(sequence, "password-changed", "");
            case AccessKeyAdded e ->
                entry(
                        sequence,
                        "access-key-added",
                        (e.account() == null ? "" : "account " + e.account() + " ") + clientIds(e.clientIds()));
            case AccessKeyRemoved e -> entry(sequence, "access-key-removed", "");
            case PermissionAdded(var at, var who, var what, var rule) ->
                entry(sequence, "permission-added", rule.describe());
            case PermissionRemoved e -> entry(sequence, "permission-removed", "");
            case RuleCreated e -> entry(sequence, "rule-created", e.rule().describe());
            case RuleChanged e -> entry(sequence, "rule-changed", e.rule().describe());
            case RuleDeleted e -> entry(sequence, "rule-deleted", "");
            case TokenKeyAdded e -> entry(sequence, "token-key-added", "");
            case TokenKeyRemoved e -> entry(sequence, "token-key-removed", "");
            case TokenRevoked e ->
                entry(sequence, "token-revoked", "would expire at " + Instant.ofEpochMilli(e.expiresAt()));
        };
    }

    private static String clientIds(List<String> patterns) {
        return patterns.isEmpty() ? "" : "client-ids " + patterns;
    }

    private RegistryReply.AuditEntry entry(long sequence, String action, String detail) {
        return new RegistryReply.AuditEntry(sequence, time(), by(), action, subject(), detail);
    }
}
