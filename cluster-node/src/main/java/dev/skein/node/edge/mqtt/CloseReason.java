package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.TopicRules;
import dev.skein.protocol.mqtt.codec.MalformedPacketException;

/** Why a connection ends; the text begins the log line, the label is the metric's. */
enum CloseReason {
    /** The client sent DISCONNECT. */
    CLIENT_DISCONNECT("disconnected by client"),
    /** The client closed the connection without DISCONNECT. */
    CLIENT_CLOSED("closed by client"),
    /** Nothing was heard for one and a half times the keep-alive [MQTT-3.1.2-24]. */
    KEEP_ALIVE("no heart"),
    /** No CONNECT within the deadline. */
    CONNECT_TIMEOUT("connect timeout"),
    /** A packet broke the rules of its format. */
    MALFORMED("invalid param"),
    /** A packet was right in itself and not allowed there. */
    PROTOCOL_VIOLATION("protocol violation"),
    /** A packet declared more bytes than are allowed. */
    PACKET_TOO_LARGE("packet too large"),
    /** CONNECT was refused. */
    CONNECT_REFUSED("connect refused"),
    /** CONNECT was refused with return code 4 or 5: who it says to be is not known, or may not do what it asks for. */
    CONNECT_NOT_AUTHORIZED("connect refused", "connect auth failed"),
    /** A topic is not registered or not permitted. */
    NOT_AUTHORIZED("topic auth failed"),
    /** A body or a topic is over the instance's limits. */
    LIMIT("invalid param"),
    /** Another connection has the client ID. */
    TAKEN_OVER("clientId conflict"),
    /** An operator closed it. */
    KICKED("closed by operator"),
    /** The queue behind the connection is full and the setting says to close. */
    QUEUE_FULL("queue full"),
    /** It has taken nothing of what waits for it for too long. */
    STALLED("client does not read"),
    /** All connections together hold too much, and this one was among those that hold the most. */
    MEMORY("connection memory full"),
    /** A subscription could not be put in place in time. */
    SUBSCRIBE_FAILED("subscribe failed"),
    /** The store refused a message for good. */
    STORE_FAILED("store failed"),
    /** The socket failed. */
    IO("Socket IOException"),
    /** The node stops. */
    SHUTDOWN("node stops");

    private final String text;
    private final String label;

    CloseReason(String text) {
        this(text, text);
    }

    CloseReason(String text, String label) {
        this.text = text;
        this.label = label;
    }

    /** What a packet that cannot be read leads to. */
    static CloseReason of(MalformedPacketException.Reason reason) {
        return switch (reason) {
            case PACKET_TOO_LARGE -> PACKET_TOO_LARGE;
            case MALFORMED -> MALFORMED;
            case PROTOCOL_VIOLATION -> PROTOCOL_VIOLATION;
        };
    }

    /** What a connection is closed for that broke a rule of {@code kind}. */
    static CloseReason of(TopicRules.Kind kind) {
        return switch (kind) {
            case TOPIC_TOO_LONG, BODY_TOO_LARGE, TOO_MANY_FILTERS -> LIMIT;
            case PARENT_NOT_REGISTERED, WILDCARD_PARENT, RESERVED, NOT_PERMITTED -> NOT_AUTHORIZED;
        };
    }

    String text() {
        return text;
    }

    String label() {
        return label;
    }

    /** Whether it is worth a log line. */
    boolean logged() {
        return switch (this) {
            case CLIENT_DISCONNECT, CLIENT_CLOSED, SHUTDOWN -> false;
            case KEEP_ALIVE,
                    CONNECT_TIMEOUT,
                    MALFORMED,
                    PROTOCOL_VIOLATION,
                    PACKET_TOO_LARGE,
                    CONNECT_REFUSED,
                    CONNECT_NOT_AUTHORIZED,
                    NOT_AUTHORIZED,
                    LIMIT,
                    TAKEN_OVER,
                    KICKED,
                    QUEUE_FULL,
                    STALLED,
                    MEMORY,
                    SUBSCRIBE_FAILED,
                    STORE_FAILED,
                    IO -> true;
        };
    }
}
