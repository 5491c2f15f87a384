package dev.skein.node.control;

import java.util.function.Supplier;

/**
 * What the control API asks of the node.
 *
 * @param clients clients and their sessions
 * @param retained retained messages
 * @param publisher publishes messages
 * @param registry groups, parent topics and the audit log
 * @param rules rules, and the back ends that they lead to
 * @param credentials users, access keys, and the keys that sign tokens
 * @param cluster the members, and the drain of this one
 * @param health live and ready
 * @param traces what was recorded of clients and messages
 * @param metrics the page of {@code /metrics} in Prometheus' text format; may take its time, has a thread of its own
 * @param service another API at the same port
 * @param counters told of the connections of the HTTP ports
 */
public record ControlPorts(
        ClientDirectory clients,
        RetainedAdmin retained,
        MessagePublisher publisher,
        RegistryAdmin registry,
        RuleAdmin rules,
        CredentialAdmin credentials,
        ClusterDirectory cluster,
        NodeHealth health,
        TraceDirectory traces,
        Supplier<String> metrics,
        ServiceApi service,
        HttpCounters counters) {}
