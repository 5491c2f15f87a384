package dev.skein.connectors.api;

/** A consumer of a topic of a back end. Thread-safe. */
public interface Source extends AutoCloseable {
    /** Gives no further messages until {@link #resume}. Those that are under way still come. */
    void pause();

    /** Goes on. */
    void resume();

    /** Ends it. What was not acknowledged comes again, here or at another node. */
    @Override
    void close();
}
