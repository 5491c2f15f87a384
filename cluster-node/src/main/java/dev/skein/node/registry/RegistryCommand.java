package dev.skein.node.registry;

import dev.skein.node.cluster.ClusterMessage;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What the registry of an instance understands. */
public sealed interface RegistryCommand extends ClusterMessage {

    /** Asks for a change; {@code by} is written into the audit log. */
    sealed interface Change extends RegistryCommand {
        /** Who asks, 1..128 characters. */
        String by();

        /** Gets the answer once the change is durable, or refused. */
        ActorRef<RegistryReply.ChangeReply> replyTo();
    }

    /** Registers a Group ID. */
    record CreateGroup(String by, String group, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /** Removes a Group ID; its clients stay until they reconnect. */
    record DeleteGroup(String by, String group, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /** Registers a parent topic. */
    record CreateParentTopic(String by, String parentTopic, ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {}

    /** Removes a parent topic. */
    record DeleteParentTopic(String by, String parentTopic, ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {}

    /** Adds a user; the password is hashed by the caller. */
    record AddUser(
            String by,
            String name,
            Secret passwordHash,
            List<String> clientIds,
            ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {
        /** Copies the list; the release before wrote none. */
        public AddUser {
            clientIds = clientIds == null ? List.of() : List.copyOf(clientIds);
        }
    }

    /** Removes a user. */
    record RemoveUser(String by, String name, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /** Gives a user another password; it is hashed by the caller. */
    record SetPassword(String by, String name, Secret passwordHash, ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {}

    /** Adds an access key of Signature mode. */
    record AddAccessKey(
            String by,
            String id,
            Secret secret,
            @Nullable String account,
            List<String> clientIds,
            ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {
        /** Copies the list; the release before wrote none. */
        public AddAccessKey {
            clientIds = clientIds == null ? List.of() : List.copyOf(clientIds);
        }
    }

    /** Removes an access key. */
    record RemoveAccessKey(String by, String id, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /** Adds a rule behind all others; an empty id has one given, which {@link RegistryReply.Done#subject()} tells. */
    record AddPermission(String by, PermissionRule rule, ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {}

    /** Removes a rule. */
    record RemovePermission(String by, String ruleId, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /** Makes a rule between the instance and a back end. */
    record CreateRule(String by, RuleDefinition rule, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /** Puts {@code rule} in the place of the one with its id. */
    record ChangeRule(String by, RuleDefinition rule, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /** Starts or stops a rule. */
    record EnableRule(String by, String ruleId, boolean enabled, ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {}

    /** Removes a rule, with what waits for its target. */
    record DeleteRule(String by, String ruleId, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /**
     * Adds a key that signs tokens.
     *
     * @param secret 32 random bytes in Base64, made by the caller
     * @param first whether it is wanted only when there is none; else what is there is answered
     */
    record AddTokenKey(String by, Secret secret, boolean first, ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {}

    /** Removes a key that signs tokens, and with it all of its tokens. */
    record RemoveTokenKey(String by, int number, ActorRef<RegistryReply.ChangeReply> replyTo) implements Change {}

    /**
     * Revokes a token.
     *
     * @param expiresAt when it ends by itself, milliseconds since 1970
     */
    record RevokeToken(String by, String tokenId, long expiresAt, ActorRef<RegistryReply.ChangeReply> replyTo)
            implements Change {}

    /**
     * Asks for tokens that were revoked.
     *
     * @param after number of the event up to which the asker has them
     */
    record GetRevoked(long after, ActorRef<RegistryReply.RevokedPage> replyTo) implements RegistryCommand {}

    /**
     * Asks what was added to the instance; also of a node that does not know it yet.
     *
     * @param known the version that the asker has, which is not answered again; null: none
     */
    record GetAdditions(
            ActorRef<RegistryReply.Additions> replyTo,
            @Nullable Long known) implements RegistryCommand {}

    /**
     * Asks for a page of the audit log, newest first.
     *
     * @param before only changes with a smaller sequence number; 0 begins with the newest
     * @param limit 1..1000 entries
     */
    record GetAudit(long before, int limit, ActorRef<RegistryReply.AuditReply> replyTo) implements RegistryCommand {}
}
