package dev.skein.node.registry;

import dev.skein.node.cluster.ClusterMessage;
import java.time.Instant;
import java.util.List;

/** What the registry answers. */
public sealed interface RegistryReply extends ClusterMessage {

    /** Answer to {@link RegistryCommand.Change}. */
    sealed interface ChangeReply extends RegistryReply permits Done, Rejected {}

    /** Answer to {@link RegistryCommand.GetAudit}. */
    sealed interface AuditReply extends RegistryReply permits AuditPage, Rejected {}

    /**
     * The change is durable.
     *
     * @param version version of the first {@link InstanceView} that shows it
     * @param subject what was changed: group, parent topic, user, access key or rule id
     */
    record Done(long version, String subject) implements ChangeReply {}

    /**
     * Nothing was changed.
     *
     * @param text names what was wrong and what is expected; holds no secret
     */
    record Rejected(Code code, String text) implements ChangeReply, AuditReply, ViewReply {}

    /** Why a command was rejected. */
    enum Code {
        /** The request breaks a rule. */
        INVALID,
        /** It exists already. */
        EXISTS,
        /** It does not exist. */
        NOT_FOUND,
        /** The configuration names it: only there can it be changed. */
        CONFIGURED,
        /** There are as many as there may be. */
        TOO_MANY,
        /** No configuration names that instance. */
        UNKNOWN_INSTANCE,
        /** The journal cannot be read now. */
        UNAVAILABLE
    }

    /** What was added to an instance beside the configuration, which each node has for itself. */
    record Additions(String instanceId, RegistryState state) implements RegistryReply {}

    /**
     * Tokens that were revoked, oldest first.
     *
     * @param through number of the event up to which the asker has all of them now
     */
    record RevokedPage(String instanceId, List<RevokedToken> tokens, long through) implements RegistryReply {
        /** Copies the list. */
        public RevokedPage {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * Changes, newest first.
     *
     * @param entries at most as many as asked for
     * @param before what to ask for next; 0 when there is nothing older
     */
    record AuditPage(List<AuditEntry> entries, long before) implements AuditReply {}

    /**
     * One change.
     *
     * @param sequence 1 for the instance's first change
     * @param by who asked for it
     * @param action such as {@code group-created}
     * @param subject group, parent topic, user, access key or rule id
     * @param detail further words without secrets; may be empty
     */
    record AuditEntry(long sequence, Instant time, String by, String action, String subject, String detail) {}
}
