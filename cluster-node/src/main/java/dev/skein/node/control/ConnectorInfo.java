package dev.skein.node.control;

/** A back end that is configured. */
public record ConnectorInfo(String id, String type) {}
