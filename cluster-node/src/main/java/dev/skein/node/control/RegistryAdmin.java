package dev.skein.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * The resources of instances. Called on any thread; must not block it.
 *
 * <p>Stages fail with {@link ControlException}: {@link ErrorCode#INSTANCE_NOT_FOUND}, {@link ErrorCode#INVALID_FIELD}
 * for a name that breaks a rule, {@link ErrorCode#ALREADY_EXISTS}, {@link ErrorCode#GROUP_NOT_FOUND},
 * {@link ErrorCode#PARENT_TOPIC_NOT_FOUND}, {@link ErrorCode#CONFIGURED} for what only the configuration can change,
 * {@link ErrorCode#UNAVAILABLE}.
 */
public interface RegistryAdmin {
    /** All instances, by id. */
    CompletionStage<List<InstanceInfo>> instances();

    /** Group IDs of an instance, sorted. */
    CompletionStage<List<RegistryEntry>> groups(String instance);

    /** Registers a Group ID; {@code by} is for the audit log. */
    CompletionStage<Done> createGroup(String instance, String group, String by);

    /** Removes a Group ID; {@code by} is for the audit log. */
    CompletionStage<Done> deleteGroup(String instance, String group, String by);

    /** Registered parent topics of an instance, sorted. */
    CompletionStage<List<RegistryEntry>> parentTopics(String instance);

    /** Registers a parent topic; {@code by} is for the audit log. */
    CompletionStage<Done> createParentTopic(String instance, String parentTopic, String by);

    /** Removes a parent topic; {@code by} is for the audit log. */
    CompletionStage<Done> deleteParentTopic(String instance, String parentTopic, String by);

    /**
     * Changes of an instance, newest first.
     *
     * @param before only entries with a smaller sequence; {@link Long#MAX_VALUE} for the newest
     * @param limit entries at the most, 1..1000
     */
    CompletionStage<AuditPage> audit(String instance, long before, int limit);
}
