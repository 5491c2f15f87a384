package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.AuthResult;
import dev.skein.protocol.message.Reason;

/** Why a CONNECT is refused, with the codes that CONNACK has for it in each version of MQTT. */
enum ConnectRefusal {
    /** A version that is not served. */
    PROTOCOL_VERSION(1, 0x84),
    /** The client ID is not one that the instance takes, or is in use. */
    IDENTIFIER_REJECTED(2, 0x85),
    /** The node, its store or an actor cannot serve it now. */
    UNAVAILABLE(3, 0x88),
    /** The node has too much to do. */
    BUSY(3, 0x89),
    /** It connects too often. */
    RATE(3, 0x9F),
    /** User name, password or signature are wrong. */
    BAD_CREDENTIALS(4, 0x86),
    /** It may not do what it asks for. */
    NOT_AUTHORIZED(5, 0x87),
    /** It asks for an authentication method that is not served. */
    AUTHENTICATION_METHOD(5, 0x8C),
    /** It sends what it may not before CONNACK. */
    PROTOCOL_ERROR(5, 0x82),
    /** The payload of its will is not what its indicator says. */
    WILL_PAYLOAD(5, 0x99);

    private final int code3;
    private final int code5;

    ConnectRefusal(int code3, int code5) {
        this.code3 = code3;
        this.code5 = code5;
    }

    /** What {@code reason} is called here. */
    static ConnectRefusal of(AuthResult.Reason reason) {
        return switch (reason) {
            case IDENTIFIER_REJECTED -> IDENTIFIER_REJECTED;
            case BAD_CREDENTIALS -> BAD_CREDENTIALS;
            case NOT_AUTHORIZED -> NOT_AUTHORIZED;
            case SERVER_UNAVAILABLE, RATE_LIMITED -> BUSY;
        };
    }

    /** Return code of MQTT 3.1 and 3.1.1, table 3.1. */
    int code3() {
        return code3;
    }

    /** Reason code of MQTT 5, section 3.2.2.2. */
    int code5() {
        return code5;
    }

    /** Under what the end of the connection is counted. */
    Reason reason() {
        return switch (this) {
            case BAD_CREDENTIALS, NOT_AUTHORIZED -> Reason.CONNECT_NOT_AUTHORIZED;
            case RATE -> Reason.CONNECT_RATE;
            case PROTOCOL_ERROR -> Reason.PROTOCOL_VIOLATION;
            case AUTHENTICATION_METHOD -> Reason.AUTHENTICATION_METHOD;
            case PROTOCOL_VERSION, IDENTIFIER_REJECTED, UNAVAILABLE, BUSY, WILL_PAYLOAD -> Reason.CONNECT_REFUSED;
        };
    }
}
