package dev.skein.node.wiring;

import dev.skein.node.registry.RegistryService;

/** Lets tests change what the control API does not offer. */
public final class RegistryOf {
    private RegistryOf() {}

    /** The registry as {@code node} sees it. */
    public static RegistryService node(SkeinNode node) {
        return node.registry();
    }
}
