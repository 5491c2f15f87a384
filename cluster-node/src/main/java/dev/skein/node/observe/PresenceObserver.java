package dev.skein.node.observe;

import dev.skein.protocol.message.Reason;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Hears of the clients of one listener of this node. Called on their event loops; must not block. */
public interface PresenceObserver {
    /**
     * Who is attached to a session.
     *
     * @param protocol as in {@link dev.skein.protocol.message.Origin#kind}
     * @param connectionId unique over nodes and restarts: the channel ID of notices
     * @param certificateSerial serial number of its certificate in hexadecimal digits; null without one
     * @param address where the client is; that of the PROXY header, where there is one
     */
    record Client(
            String instance,
            String clientId,
            String protocol,
            long connectionId,
            @Nullable String certificateSerial,
            InetSocketAddress address) {}

    /**
     * Who has tried to connect.
     *
     * @param instance that its listener or its credentials lead to
     * @param clientId as CONNECT has it; empty when there was none
     * @param address as in {@link Client}
     */
    record Attempt(String instance, String clientId, InetSocketAddress address) {}

    /** A client is attached to its session: it was told so, and receives from now on. */
    void attached(Client client);

    /** A client that {@link #attached} told of is gone. */
    void detached(Client client, Reason reason);

    /** As {@link #detached(Client, Reason)}; {@code detail} says more, in words for people. */
    default void detached(Client client, Reason reason, String detail) {
        detached(client, reason);
    }

    /** A connection ended before it was attached. */
    void refused(Reason reason);

    /** As {@link #refused(Reason)}; {@code detail} says more, in words for people. */
    default void refused(Attempt attempt, Reason reason, String detail) {
        refused(reason);
    }

    /** A packet broke a rule of its format; its connection ends. */
    void malformed(Reason reason);
}
