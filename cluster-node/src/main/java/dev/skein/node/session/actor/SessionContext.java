package dev.skein.node.session.actor;

import dev.skein.node.cluster.Membership;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.session.lock.LockContext;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoredSession;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/**
 * What every session of a node shares.
 *
 * @param membership which nodes live
 * @param self sends to any session of the cluster
 * @param sessions where persistent sessions are kept
 * @param restores reads those of actors that start
 * @param routers the sharded routers
 * @param clock wall clock
 * @param answers numbers those answers of the node that are told in parts
 * @param wills of former connections
 * @param queues of sessions that end
 * @param shards since when the node has them
 * @param expiry how long sessions of an instance live that do not say so themselves
 * @param deadlines how long it waits
 */
public record SessionContext(
        Membership membership,
        ActorRef<ShardingEnvelope<SessionCommand>> self,
        SessionStore sessions,
        Restores restores,
        ActorRef<ShardingEnvelope<RouterCommand>> routers,
        InstantSource clock,
        AtomicLong answers,
        PendingWills wills,
        SharedQueues queues,
        ShardAges shards,
        Function<String, Duration> expiry,
        Deadlines deadlines)
        implements LockContext {

    /**
     * How long a session waits.
     *
     * @param takeOver for an old connection to leave
     * @param route for routers to bring a route everywhere
     * @param idle for a connection, in memory
     */
    public record Deadlines(Duration takeOver, Duration route, Duration idle) {}

    @Override
    public long expiryMillis(StoredSession session) {
        return expiry.apply(session.key().instance()).toMillis();
    }

    @Override
    public Duration takeOverDeadline() {
        return deadlines.takeOver();
    }

    @Override
    public Duration idleDeadline() {
        return deadlines.idle();
    }

    /** How long routers may take to bring a route everywhere. */
    Duration routeDeadline() {
        return deadlines.route();
    }

    @Override
    public long here() {
        return membership.self().uid();
    }

    @Override
    public Set<Long> elsewhere() {
        return membership.others().stream().map(Membership.ClusterNode::uid).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean isMember(long node) {
        return membership.isMember(node);
    }

    @Override
    public boolean isAlone() {
        return membership.isAlone();
    }

    @Override
    public boolean isUnsettled() {
        return membership.isUnsettled();
    }

    @Override
    public boolean hasFormerWills() {
        return wills.possible();
    }

    /** Sends to the session of {@code client}, wherever its actor is. */
    void tell(SessionKey client, SessionCommand command) {
        self.tell(new ShardingEnvelope<>(ClientSession.entityId(client.instance(), client.clientId()), command));
    }
}
