package dev.skein.node.trust;

/** A connection to the port between nodes is not taken as one of a node, or what comes over it is none of its words. */
final class RefusedLinkException extends Exception {
    private static final long serialVersionUID = 1;

    private final Refusal refusal;

    RefusedLinkException(Refusal refusal, String detail) {
        super(detail, null, false, false);
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
