package dev.skein.persistence.api;

/** The database did not do what was asked; whether it was done is unknown, and asking again is safe. */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With the operation that failed and its cause. */
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
