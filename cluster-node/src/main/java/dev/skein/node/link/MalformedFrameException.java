package dev.skein.node.link;

/** What came from another node is no frame. Stackless. */
public final class MalformedFrameException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedFrameException(String what, String is, String expected) {
        super("link frame: " + what + ": " + is + " (expected: " + expected + ")", null, false, false);
    }
}
