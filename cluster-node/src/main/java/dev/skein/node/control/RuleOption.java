package dev.skein.node.control;

/** An option of a rule for its connector. */
public record RuleOption(String name, String value) {}
