package dev.skein.protocol.apsara;

/** Why a token is not good, with the code that {@code $SYS/tokenInvalidNotice} has for it. */
public enum TokenProblem {
    /** It cannot be read, or this instance has not signed it. */
    FORGED(1, "forged"),
    /** Its time is over. */
    EXPIRED(2, "expired"),
    /** It was revoked, or the key that signed it was removed. */
    REVOKED(3, "revoked"),
    /** Its client does what no filter of it covers. */
    RESOURCE(4, "for other resources"),
    /** It is used for what its actions do not allow. */
    TYPE(5, "of another type"),
    /** What the access key that applied for it may not do any more, or the access key is gone. */
    ACCOUNT(-1, "of an account without the permission");

    private final int code;
    private final String text;

    TokenProblem(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** As clients are told. */
    public int code() {
        return code;
    }

    /** For people: what the token is. */
    public String text() {
        return text;
    }
}
