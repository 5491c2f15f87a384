package dev.skein.node.session.actor;

import dev.skein.node.session.actor.SessionEvents.WillsSettled;
import dev.skein.persistence.api.SessionKey;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * Wills of a client's former connections that nobody else publishes; whoever is to connect waits for them. Confined to
 * its session.
 */
final class AwaitedWills {
    /** With the deadline for an old connection to leave, less than a CONNECT waits for its answer. */
    private static final Duration DEADLINE = Duration.ofSeconds(4);

    private final ActorContext<SessionCommand> session;
    private final PendingWills wills;
    private final SessionKey client;
    private boolean awaited;
    private long disconnected;

    AwaitedWills(ActorContext<SessionCommand> session, PendingWills wills, SessionKey client) {
        this.session = session;
        this.wills = wills;
        this.client = client;
    }

    /** Whether there may be wills of connections on nodes that are gone. */
    boolean possible() {
        return wills.possible();
    }

    /** Whether {@link WillsSettled} is still to come. */
    boolean awaited() {
        return awaited;
    }

    /** The client of the connection has said DISCONNECT: its will is not to be published. */
    void disconnected(long connectionId) {
        disconnected = connectionId;
    }

    /**
     * Has them published; {@link WillsSettled} follows.
     *
     * @param overdue a connection that does not leave in time, whose will is one of them, or 0
     */
    void await(long overdue) {
        if (awaited) {
            return;
        }
        awaited = true;
        CompletionStage<Void> settled = overdue != 0 && overdue == disconnected
                ? wills.drop(overdue).thenCompose(_ -> wills.settle(client, 0))
                : wills.settle(client, overdue);
        session.pipeToSelf(
                settled.toCompletableFuture().copy().orTimeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS),
                (_, failure) -> new WillsSettled(overdue, failure));
    }

    /** {@link WillsSettled} has come. */
    void settled(@Nullable Throwable failure) {
        awaited = false;
        if (failure != null) {
            session.getLog()
                    .warn(
                            "session {}: the will of an earlier connection is not settled: {}",
                            client,
                            failure.toString());
        }
    }
}
