package dev.skein.node.control;

/**
 * One group or parent topic.
 *
 * @param name the Group ID or the parent topic
 * @param configured whether the configuration names it: then only the configuration can remove it
 */
public record RegistryEntry(String name, boolean configured) {}
