package dev.skein.node.wiring;

/** The cluster downed the node while it started: it was in, and did not answer for too long. It may join again. */
public final class DownedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DownedException(Throwable cause) {
        super("downed by the cluster before it served", cause);
    }
}
