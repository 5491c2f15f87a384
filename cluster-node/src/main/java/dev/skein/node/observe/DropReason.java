package dev.skein.node.observe;

import dev.skein.persistence.api.DropListener;
import java.util.Locale;

/** Why a message, or one delivery of it, ended without reaching its receiver. */
public enum DropReason {
    /** The queue behind a connection was full, the oldest went; or that of an event loop, and it was QoS 0. */
    QUEUE_FULL,
    /** QoS 0, and the connection's socket took no more. */
    NOT_WRITABLE_QOS0,
    /** Older than the store's maximum age, or past the expiry that its publisher gave it. */
    EXPIRED,
    /** The session's stored queue was full; the oldest went. */
    SESSION_QUEUE_FULL,
    /** The instance's store was full; the oldest went. */
    INSTANCE_STORE_FULL,
    /** Nobody subscribes: the message, not a delivery of it. */
    NO_SUBSCRIBER,
    /** QoS 0 for an offline session that keeps none. */
    OFFLINE_QOS0,
    /** The receiver's clean session ended with its connection. */
    OFFLINE_CLEAN_SESSION,
    /** No permission: the message, not a delivery of it. */
    NOT_AUTHORIZED,
    /** The session's client may not read the topic any more. */
    REVOKED,
    /** Larger than the instance admits: the message, not a delivery of it. */
    TOO_LARGE,
    /** The payload is not UTF-8, as its publisher says: the message, not a delivery of it. */
    PAYLOAD_FORMAT,
    /** Larger than the receiver takes by the Maximum Packet Size of its CONNECT. */
    RECEIVER_TOO_SMALL,
    /** QoS 0, and the memory of the node was nearly used up: the message, or its deliveries by another node. */
    MEMORY,
    /** QoS 0, and the link to the receiver's node was full. */
    LINK_FULL,
    /** The connection closed before the message was written. */
    CLOSED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Value of the label {@code reason}, such as {@code queue_full}. */
    public String label() {
        return label;
    }

    /** The same reason in the words of the store. */
    public static DropReason of(DropListener.Reason reason) {
        return switch (reason) {
            case EXPIRED -> EXPIRED;
            case SESSION_QUEUE_FULL -> SESSION_QUEUE_FULL;
            case INSTANCE_STORE_FULL -> INSTANCE_STORE_FULL;
        };
    }
}
