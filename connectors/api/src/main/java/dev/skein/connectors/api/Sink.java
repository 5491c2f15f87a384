package dev.skein.connectors.api;

import java.util.List;

/** A way to a topic of a back end. */
public interface Sink extends AutoCloseable {
    /**
     * Sends a batch. Returns at once. Several batches may be under way; messages of one {@link SinkRecord#orderKey} get
     * to the back end in the order in which they are given. The outcome of each record is told once, in any order, on
     * any thread.
     *
     * <p>When a record fails for a while, those of the same order key that were sent behind it may have been taken: the
     * caller sends that record and all behind it again.
     *
     * @param records oldest first; not changed by either side afterwards
     */
    void send(List<SinkRecord> records, Outcome outcome);

    /** Ends it. What was not told yet is told as failed for a while. */
    @Override
    void close();

    /** Hears what became of the records of one batch. */
    interface Outcome {
        /** The back end has stored the record as its settings promise. */
        void taken(int index);

        /**
         * It has not, as far as is known.
         *
         * @param lasting whether it never will take this record, however often it is sent
         * @param reason what the back end said, in one line
         */
        void failed(int index, boolean lasting, String reason);
    }
}
