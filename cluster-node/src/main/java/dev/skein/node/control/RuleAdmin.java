package dev.skein.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * Rules and the back ends that they lead to. Called on any thread; must not block it.
 *
 * <p>Stages fail with {@link ControlException}: {@link ErrorCode#INVALID_FIELD}, {@link ErrorCode#ALREADY_EXISTS},
 * {@link ErrorCode#RULE_NOT_FOUND}, {@link ErrorCode#CONNECTOR_NOT_FOUND}, {@link ErrorCode#CONFIGURED} for what only
 * the configuration can change, {@link ErrorCode#UNAVAILABLE}.
 */
public interface RuleAdmin {
    /** The rules of an instance, by id, with the figures of this node. */
    CompletionStage<List<RuleInfo>> rules(String instance);

    /** Makes a rule; {@code by} is for the audit log. */
    CompletionStage<RuleInfo> createRule(String instance, RuleFields rule, String by);

    /** Changes what {@code change} has of a rule; {@code by} is for the audit log. */
    CompletionStage<RuleInfo> changeRule(String instance, String id, RuleFields change, String by);

    /** Removes a rule with what waits for its target; {@code by} is for the audit log. */
    CompletionStage<Done> deleteRule(String instance, String id, String by);

    /** The back ends that are configured, by id. */
    List<ConnectorInfo> connectors();

    /** Tries address and credentials of a back end now. */
    CompletionStage<ConnectorTest> testConnector(String id);
}
