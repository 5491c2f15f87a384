package dev.skein.node.registry;

/** What happens to a second connection with a client ID that is in use. */
public enum DuplicateClientId {
    /** The old connection is closed [MQTT-3.1.4-2]. */
    TAKE_OVER,
    /** The new connection is refused, unless the holder has been silent for longer than its keep-alive. */
    REJECT
}
