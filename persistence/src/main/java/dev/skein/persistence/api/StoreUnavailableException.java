package dev.skein.persistence.api;

/** The database did not do what was asked; whether it was done is unknown, and asking again is safe. */
public class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    /** With the operation that failed and its cause. */
    public StoreUnavailableException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param passing see {@link #isPassing} */
    public StoreUnavailableException(String message, Throwable cause, boolean passing) {
        super(message, cause);
        this.passing = passing;
    }

    /** Whether a database that did not open was not there, so that it may be later. */
    public boolean isPassing() {
        return passing;
    }
}
