package dev.skein.node.admission;

import java.time.Duration;
import java.util.Locale;

/** Kinds of work that have a budget each, in the order in which a connection needs them. */
public enum Stage {
    /** A TLS handshake. */
    HANDSHAKE(Duration.ofSeconds(1)),
    /** A CONNECT, from the check of its credentials to its CONNACK. */
    CONNECT(Duration.ofSeconds(1)), // shorter, and a node without processor time would take on more than it serves
    /** A session that is read from the store. */
    RESTORE(Duration.ofSeconds(1)),
    /** A page of retained messages, from the question for it until the client's queue counts it. */
    REPLAY(Duration.ofSeconds(1));

    private final Duration tenure;

    Stage(Duration tenure) {
        this.tenure = tenure;
    }

    /** How long work that waits for others keeps its place. */
    Duration tenure() {
        return tenure;
    }

    /** The metric's label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
