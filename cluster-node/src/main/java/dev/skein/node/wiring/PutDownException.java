package dev.skein.node.wiring;

/** The cluster put the node down while it started: it was in, and did not answer for too long. It may join again. */
public final class PutDownException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PutDownException(Throwable cause) {
        super("put down by the cluster before it served", cause);
    }
}
