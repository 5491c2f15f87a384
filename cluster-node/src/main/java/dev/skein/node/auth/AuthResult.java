package dev.skein.node.auth;

/** What an {@link Authenticator} decides. */
public sealed interface AuthResult {
    /**
     * The client may connect.
     *
     * @param identity who it is
     */
    record Accepted(Identity identity) implements AuthResult {}

    /**
     * The client may not connect.
     *
     * @param detail names what was wrong and what is expected, for the log; holds no secret
     */
    record Refused(Reason reason, String detail) implements AuthResult {}

    /** Why a connection is refused. */
    enum Reason {
        /** The client ID is not one that the instance takes. */
        IDENTIFIER_REJECTED,
        /** User name, password or signature are wrong or cannot be read. */
        BAD_CREDENTIALS,
        /** Credentials are missing, or right but not enough. */
        NOT_AUTHORIZED,
        /** More passwords wait to be checked than the node can hold. */
        SERVER_UNAVAILABLE,
        /** Too many failed attempts from that address. */
        RATE_LIMITED
    }
}
