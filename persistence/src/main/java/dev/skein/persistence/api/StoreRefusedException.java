package dev.skein.persistence.api;

/** The database refused what it was given, for good: asking again is in vain. */
public final class StoreRefusedException extends StoreUnavailableException {
    private static final long serialVersionUID = 1L;

    /** With the operation that failed and its cause. */
    public StoreRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
