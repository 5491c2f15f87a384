package dev.skein.node.registry;

/** How strict an instance is. */
public enum Mode {
    /** Any client ID and topic that MQTT allows; parent topics come into being on first use. */
    OPEN,
    /** Group IDs and parent topics must be registered; the documented limits hold. */
    APSARA
}
