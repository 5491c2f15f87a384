package dev.skein.node.control;

/** What the HTTP ports count; {@code port} is {@code http} or {@code health}. Any thread; does not block. */
public interface HttpCounters {
    /** A connection was taken in; {@link #closed} follows. */
    void opened(String port);

    /** A connection that {@link #opened} counted has ended. */
    void closed(String port);

    /**
     * A connection was refused, or closed for what its client did not do in time.
     *
     * @param reason {@code max-connections}, {@code max-connections-per-address}, {@code header-timeout},
     *     {@code header-too-long} or {@code header-memory-full}
     */
    void refused(String port, String reason);
}
