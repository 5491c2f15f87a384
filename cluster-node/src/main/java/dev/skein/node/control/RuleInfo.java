package dev.skein.node.control;

import java.util.List;

/**
 * A rule as the control API shows it.
 *
 * @param kind {@code inbound}, {@code outbound} or {@code status}
 * @param resource parent topic, or Group ID of a status rule
 * @param topic source or target topic at the back end
 * @param configured whether the configuration names it
 * @param deadLetterTopic empty for none
 * @param figures how it does on this node
 */
public record RuleInfo(
        String id,
        String kind,
        String connector,
        String resource,
        String topic,
        String description,
        boolean enabled,
        boolean configured,
        boolean includeApi,
        String deadLetterTopic,
        List<RuleOption> options,
        RuleFigures figures) {}
