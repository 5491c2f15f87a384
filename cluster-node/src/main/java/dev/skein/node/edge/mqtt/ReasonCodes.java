package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.TopicRules;
import dev.skein.protocol.message.Reason;

/** Reason codes of MQTT 5, section 2.4, for what the node has to say. */
final class ReasonCodes {
    static final int SUCCESS = 0x00;
    static final int NO_MATCHING_SUBSCRIBERS = 0x10;
    static final int NO_SUBSCRIPTION_EXISTED = 0x11;
    static final int CONTINUE_AUTHENTICATION = 0x18;
    static final int AUTHENTICATE_AGAIN = 0x19;
    static final int PACKET_ID_NOT_FOUND = 0x92;
    static final int PAYLOAD_FORMAT_INVALID = 0x99;
    static final int USE_ANOTHER_SERVER = 0x9C;

    /** A DISCONNECT is not sent. */
    static final int NONE = -1;

    private ReasonCodes() {}

    /** The code of the server's DISCONNECT, or {@link #NONE}: the client has gone, or cannot be told. */
    static int disconnect(Reason reason) {
        return switch (reason) {
            case CLIENT_DISCONNECT, CLIENT_DISCONNECT_WITH_WILL, CLIENT_CLOSED, IO -> NONE;
            case KEEP_ALIVE -> 0x8D;
            case MALFORMED -> 0x81;
            case PROTOCOL_VIOLATION -> 0x82;
            case PACKET_TOO_LARGE -> 0x95;
            case NOT_AUTHORIZED, REVOKED, AUTHENTICATION_FAILED -> 0x87;
            case LIMIT, QUEUE_FULL -> 0x97;
            case TAKEN_OVER -> 0x8E;
            case KICKED -> 0x98;
            case MEMORY -> 0x89;
            case RECEIVE_MAXIMUM -> 0x93;
            case TOPIC_ALIAS_INVALID -> 0x94;
            case PAYLOAD_FORMAT -> PAYLOAD_FORMAT_INVALID;
            case AUTHENTICATION_METHOD -> 0x8C;
            case SHUTDOWN -> 0x8B;
            case CONNECT_TIMEOUT,
                    PACKET_TIMEOUT,
                    CONNECT_REFUSED,
                    CONNECT_NOT_AUTHORIZED,
                    CONNECT_MEMORY,
                    CONNECT_RATE,
                    STALLED,
                    SUBSCRIBE_FAILED,
                    STORE_FAILED -> 0x83;
        };
    }

    /** The code of SUBACK for a filter that is not subscribed. */
    static int suback(TopicRules.Kind broken) {
        return switch (broken) {
            case TOPIC_TOO_LONG, SHARED_FILTER -> 0x8F;
            case NOT_SHARED -> 0x9E;
            case PARENT_NOT_REGISTERED, WILDCARD_PARENT, RESERVED, NOT_PERMITTED -> 0x87;
            case BODY_TOO_LARGE, PROPERTIES_TOO_LARGE, TOO_MANY_FILTERS, INSTANCE_FILTERS -> 0x97;
        };
    }

    /** The code of PUBACK or PUBREC for a message that goes nowhere. */
    static int publish(TopicRules.Kind broken) {
        return switch (broken) {
            case TOPIC_TOO_LONG, SHARED_FILTER, NOT_SHARED -> 0x90;
            case PARENT_NOT_REGISTERED, WILDCARD_PARENT, RESERVED, NOT_PERMITTED -> 0x87;
            case BODY_TOO_LARGE, PROPERTIES_TOO_LARGE, TOO_MANY_FILTERS, INSTANCE_FILTERS -> 0x97;
        };
    }
}
