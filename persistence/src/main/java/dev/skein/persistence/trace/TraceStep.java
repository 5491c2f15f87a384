package dev.skein.persistence.trace;

import java.util.Locale;

/** What happened. The order of the codes is that in which steps of one millisecond are shown. */
public enum TraceStep {
    /** A client is attached to its session. */
    CONNECT(10),
    /** A message was taken from its publisher. */
    RECEIVED(20),
    /** The store has committed it for persistent sessions. */
    STORED(30),
    /** It was written to a subscriber's connection. */
    PUSHED(40),
    /** It was written to a subscriber that was away when it was stored. */
    PUSHED_OFFLINE(41),
    /** The subscriber has acknowledged it. */
    ACKNOWLEDGED(50),
    /** It, or a delivery of it, came to nothing. */
    DROPPED(60),
    /** Its time was over before it reached the subscriber. */
    EXPIRED(61),
    /** The target of a rule has taken it. */
    RULE_SENT(70),
    /** The target of a rule refuses it for good. */
    RULE_REFUSED(71),
    /** The client has said that it leaves. */
    DISCONNECT(80),
    /** Its connection ended in another way, or never came to be. */
    CLOSE(81),
    /** A step that a later version has written. */
    OTHER(255);

    private final int code;
    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    TraceStep(int code) {
        this.code = code;
    }

    /** The step of that code. */
    public static TraceStep of(int code) {
        for (TraceStep step : values()) {
            if (step.code == code) {
                return step;
            }
        }
        return OTHER;
    }

    /** 1..255; what files and other nodes are given. */
    public int code() {
        return code;
    }

    /** Its name for people, such as {@code pushed-offline}. */
    public String label() {
        return label;
    }

    /** Whether it is about a connection, not about a message. */
    public boolean isPresence() {
        return this == CONNECT || this == DISCONNECT || this == CLOSE;
    }
}
