package dev.skein.connectors.api;

import java.util.Optional;

/** Gets the messages of a {@link Source}, on the source's threads. */
public interface SourceListener {
    /**
     * A message. Returns at once. The source gives a bounded number of messages that were not acknowledged yet; those
     * of one queue or partition come in their order.
     *
     * @param acknowledgement called once, on any thread
     */
    void received(SourceRecord message, Acknowledgement acknowledgement);

    /** Why nothing comes at present, in one line; empty when it works. Told when it changes. */
    void problem(Optional<String> reason);

    /** What became of a message. */
    interface Acknowledgement {
        /** It is done with: the back end need not give it again. */
        void done();

        /** It could not be published now: the back end gives it again later, to this node or to another. */
        void later();
    }
}
