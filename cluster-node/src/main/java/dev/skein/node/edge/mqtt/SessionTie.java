package dev.skein.node.edge.mqtt;

import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.node.session.actor.SessionCommand.Attach;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * What ties a connection to the actor of its session, wherever that actor is and however often it moves: the claim on
 * the client ID, said again when it may have been lost. Confined to the connection's event loop.
 */
final class SessionTie {
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** The claim is said again this often in any case, so that an actor that missed it hears of it in the end. */
    private static final long REMIND_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final EdgeShared shared;
    private String session = "";
    private @Nullable Attach claim;
    private long sentAt;
    private boolean awaiting;
    private long node;

    SessionTie(EdgeShared shared) {
        this.shared = shared;
    }

    /** Claims the client ID. */
    void claim(String instance, String clientId, Attach attach) {
        session = ClientSession.entityId(instance, clientId);
        claim = attach;
        send(attach);
    }

    /** The claim was granted by an actor on {@code onNode}. */
    void granted(long onNode) {
        node = onNode;
        awaiting = false;
    }

    /** Whether the actor is, as far as is known, on the node of that life. */
    boolean isOn(long uid) {
        return node == uid;
    }

    /** Says the claim again if it has had no answer for a while, or was not said for long. */
    void askAgain(long now, boolean connected) {
        if (claim != null && now - sentAt > (awaiting ? ASK_AGAIN_NANOS : REMIND_NANOS)) {
            reclaim(connected);
        }
    }

    /** The claim of a connection that holds its client ID, or null. */
    @Nullable
    Attach held() {
        Attach now = claim;
        return now == null ? null : resumed(now);
    }

    /** The actor is gone, or goes: the claim is said to the one that follows. */
    void reclaim(boolean connected) {
        Attach now = claim;
        if (now != null) {
            send(connected ? resumed(now) : now);
        }
    }

    private static Attach resumed(Attach attach) {
        return new Attach(attach.connection(), attach.cleanSession(), attach.takeOver(), true);
    }

    private void send(Attach attach) {
        sentAt = System.nanoTime();
        awaiting = true;
        tell(attach);
    }

    /** Sends to the session's actor; before a claim there is none. */
    void tell(SessionCommand command) {
        if (claim == null) {
            return;
        }
        shared.actors().sessions().tell(new ShardingEnvelope<>(session, command));
    }

    /**
     * Hands what an actor says to the parts of the connection.
     *
     * @param connect null once it is connected
     */
    void on(ConnectionEvent event, MqttConnection connection, @Nullable ConnectPhase connect) {
        switch (event) {
            case ConnectionEvent.Attached attached -> {
                granted(attached.node());
                if (connect != null) {
                    connect.onAttached(attached);
                }
            }
            case ConnectionEvent.AttachedPart part -> {
                // The answer is on its way; should the rest be lost, the claim is said again.
                sentAt = System.nanoTime();
                ConnectionEvent.Attached whole = connect == null ? part.attached() : connect.collected(part);
                if (whole != null) {
                    on(whole, connection, connect);
                }
            }
            case ConnectionEvent.Resumed resumed -> {
                granted(resumed.node());
                SubscriptionPhase subscriptions = connection.subscriptionsOrNull();
                if (subscriptions != null) {
                    subscriptions.sayAgain();
                }
            }
            case ConnectionEvent.Reclaim _ -> {
                if (!connection.isClosed() || shared.leavingOf(connection) != null) {
                    reclaim(connection.clientOrNull() != null);
                }
            }
            case ConnectionEvent.Refused refused -> {
                if (connect != null) {
                    connect.onRefused(refused.reason());
                } else if (!connection.isClosed()) {
                    reclaim(true); // an answer to a claim from before it was connected, by another actor
                }
            }
            case ConnectionEvent.TakenOver _ -> new Contest(shared, connection).lost();
            case ConnectionEvent.Kick kick -> {
                kick.replyTo().tell(new SessionCommand.Kicked(!connection.isClosed())); // it may be on its way out
                connection.close(CloseReason.KICKED, "closed by an operator");
            }
            case ConnectionEvent.Probe probe -> new Contest(shared, connection).judge(probe);
            case ConnectionEvent.WhoHolds _ -> {
                // The gateway answers.
            }
            case ConnectionEvent.Subscribed subscribed ->
                connection.subscriptions().onDone(subscribed.request());
            case ConnectionEvent.SubscribeFailed failed ->
                connection.subscriptions().onFailed(failed.request());
        }
    }
}
