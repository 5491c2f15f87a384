package dev.skein.node.control;

/**
 * One instance in a list.
 *
 * @param id instance id
 * @param mode {@code open} or {@code apsara}
 * @param groups registered Group IDs
 * @param parentTopics registered parent topics
 */
public record InstanceInfo(String id, String mode, int groups, int parentTopics) {}
