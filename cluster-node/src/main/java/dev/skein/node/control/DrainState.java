package dev.skein.node.control;

/**
 * The answer to a drain.
 *
 * @param node address of the node
 * @param draining that it stops
 */
public record DrainState(String node, boolean draining) {}
