package dev.skein.node.control;

/**
 * Outcome of the test of a back end.
 *
 * @param text what is wrong, or that it answers
 */
public record ConnectorTest(boolean ok, String text) {}
