package dev.skein.node.claim;

import dev.skein.node.delivery.Attachment;
import dev.skein.node.delivery.Attachments;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.ConnectionRef;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Reason;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/** What the claims of a node share: the way to the session actors and back. Thread-safe. */
public final class Claims {
    /** An odd number with bits all over: neighbours come to lie far apart. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final Delivery delivery;
    private final ActorRef<ConnectionEvent> gateway;
    private final AtomicLong connectionIds;

    private Claims(Delivery delivery, ActorRef<ConnectionEvent> gateway) {
        this.delivery = delivery;
        this.gateway = gateway;
        // Fences what connections say: ids of one node begin at a place of their own, ids of its incarnations do not
        // meet.
        long self = delivery.membership().self().uid();
        this.connectionIds = new AtomicLong((self * SPREAD) ^ (delivery.clock().millis() << 20));
    }

    /** Starts the actor through which sessions reach this node's connections. */
    public static Claims create(ActorSystem<?> system, Delivery delivery) {
        ActorRef<ConnectionEvent> gateway =
                system.systemActorOf(ConnectionGateway.create(delivery), ConnectionEvent.GATEWAY, Props.empty());
        return new Claims(delivery, gateway);
    }

    /** An id that no other connection of the cluster has. */
    public long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }

    /** How a session's actor reaches the connection {@code id} of this node. */
    ConnectionRef reference(long id) {
        return new ConnectionRef(gateway, id, delivery.links().self());
    }

    /** Sends to the actor of a session, wherever it is. */
    void tell(SessionKey client, SessionCommand command) {
        String session = ClientSession.entityId(client.instance(), client.clientId());
        delivery.sessions().tell(new ShardingEnvelope<>(session, command));
    }

    Attachments attachments() {
        return delivery.attachments();
    }

    /**
     * Runs {@code again} once another attachment of {@code client} on this node, of which a new actor did not know, has
     * left: its will must not come after the acceptance of the next one.
     *
     * @return false when there is no such attachment; then {@code again} is not run
     */
    boolean awaitFormer(SessionKey client, Runnable again) {
        Attachment live = attachments().client(client);
        Attachments.Leaving leaving = attachments().leaving(client); // second: it is in one of the two
        if (live != null) {
            live.context().execute(() -> {
                live.close(Reason.TAKEN_OVER, "another connection has the client ID");
                again.run();
            });
        } else if (leaving != null) {
            var _ = leaving.left().thenRun(again);
        }
        return live != null || leaving != null;
    }

    /** Whether a closed attachment still has its client ID. */
    boolean isLeaving(Attachment attachment) {
        return attachments().leavingOf(attachment) != null;
    }
}
