package dev.skein.node.control;

/** A request that the API refuses: the code and the text that its caller sees. Stackless. */
public final class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /**
     * With what the caller is told.
     *
     * @param message {@code name: value (expected: ...)}; holds no secret
     */
    public ControlException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** The stable code. */
    public ErrorCode code() {
        return code;
    }
}
