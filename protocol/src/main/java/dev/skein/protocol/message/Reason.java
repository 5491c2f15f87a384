package dev.skein.protocol.message;

/**
 * Why a connection ends, the same for every protocol; each writer puts it in its protocol's words. The text begins the
 * log line, the label is the metric's.
 */
public enum Reason {
    /** The client sent DISCONNECT. */
    CLIENT_DISCONNECT("disconnected by client"),
    /** The client sent DISCONNECT and wants its will published (MQTT 5, a reason code other than 0). */
    CLIENT_DISCONNECT_WITH_WILL("disconnected by client", "disconnected by client with will"),
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
    /** The rest of a packet did not come, or came too slowly. */
    PACKET_TIMEOUT("packet timeout"),
    /** CONNECT was refused. */
    CONNECT_REFUSED("connect refused"),
    /** CONNECT was refused with return code 4 or 5: who it says to be is not known, or may not do what it asks for. */
    CONNECT_NOT_AUTHORIZED("connect refused", "connect auth failed"),
    /** CONNECT was refused: the memory of the node is nearly used up. */
    CONNECT_MEMORY("connect refused", "node memory full"),
    /** CONNECT was refused: its identity, address or instance connects too often. */
    CONNECT_RATE("connect refused", "connect rate exceeded"),
    /** A topic is not registered or not permitted. */
    NOT_AUTHORIZED("topic auth failed"),
    /** Its user or access key is gone, or permissions no longer allow what it has. */
    REVOKED("access revoked"),
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
    /** More messages at QoS 1 and 2 were unacknowledged than the Receive Maximum of the server allows. */
    RECEIVE_MAXIMUM("receive maximum exceeded"),
    /** A topic alias was 0, or greater than the Topic Alias Maximum of the server. */
    TOPIC_ALIAS_INVALID("topic alias invalid"),
    /** A payload is not what its Payload Format Indicator says. */
    PAYLOAD_FORMAT("payload format invalid"),
    /** CONNECT asks for an authentication method that is not served. */
    AUTHENTICATION_METHOD("bad authentication method"),
    /** A connected client has authenticated again and failed, or is another one now. */
    AUTHENTICATION_FAILED("authentication failed"),
    /** The node stops. */
    SHUTDOWN("node stops");

    private final String text;
    private final String label;

    Reason(String text) {
        this(text, text);
    }

    Reason(String text, String label) {
        this.text = text;
        this.label = label;
    }

    /** Begins the log line. */
    public String text() {
        return text;
    }

    /** Names the reason in metrics. */
    public String label() {
        return label;
    }

    /** Whether it is worth a log line. */
    public boolean logged() {
        return switch (this) {
            case CLIENT_DISCONNECT, CLIENT_DISCONNECT_WITH_WILL, CLIENT_CLOSED, SHUTDOWN -> false;
            case KEEP_ALIVE,
                    CONNECT_TIMEOUT,
                    MALFORMED,
                    PROTOCOL_VIOLATION,
                    PACKET_TOO_LARGE,
                    PACKET_TIMEOUT,
                    CONNECT_REFUSED,
                    CONNECT_NOT_AUTHORIZED,
                    CONNECT_MEMORY,
                    CONNECT_RATE,
                    NOT_AUTHORIZED,
                    REVOKED,
                    LIMIT,
                    TAKEN_OVER,
                    KICKED,
                    QUEUE_FULL,
                    STALLED,
                    MEMORY,
                    SUBSCRIBE_FAILED,
                    STORE_FAILED,
                    RECEIVE_MAXIMUM,
                    TOPIC_ALIAS_INVALID,
                    PAYLOAD_FORMAT,
                    AUTHENTICATION_METHOD,
                    AUTHENTICATION_FAILED,
                    IO -> true;
        };
    }
}
