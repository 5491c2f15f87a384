package dev.skein.persistence.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Everything that one database keeps for the broker. Closing it commits what was given before. */
public interface Stores extends AutoCloseable {
    /** Queues. */
    MessageStore messages();

    /** Sessions and subscriptions. */
    SessionStore sessions();

    /** Retained messages. */
    RetainedStore retained();

    /** Wills of live connections. */
    WillStore wills();

    /** Credentials of devices. */
    DeviceCredentialStore devices();

    /** How many and how large they are, for operators. */
    Overview overview();

    /** Which nodes are members of the cluster. */
    NodePresence presence();

    /**
     * Now, in milliseconds since 1970, for the age of what any node wrote: this node's clock, or the database's when
     * that one is behind.
     */
    CompletionStage<Long> ageMillis();

    /** Empty while the database answers; otherwise what is wrong with it, for the health check. */
    Optional<String> problem();

    /** Settings of the database under which what was acknowledged can be lost; looked at once, at the start. */
    default List<String> durabilityWarnings() {
        return List.of();
    }

    /** Figures since start; cheap. */
    StoreMetrics metrics();

    @Override
    void close();
}
