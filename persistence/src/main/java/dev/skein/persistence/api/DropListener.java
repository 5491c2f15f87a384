package dev.skein.persistence.api;

/** Told, on a thread of the store, of queue entries that were removed without having been delivered. */
public interface DropListener {
    /** Why an entry was removed. */
    enum Reason {
        /** Older than the maximum age. */
        EXPIRED,
        /** The session's queue was full. */
        SESSION_QUEUE_FULL,
        /** The instance's store was full. */
        INSTANCE_STORE_FULL
    }

    /** {@code count} entries of {@code instance} were removed for {@code reason}. */
    void dropped(String instance, Reason reason, long count);
}
