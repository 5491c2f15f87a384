package dev.skein.node.session.lock;

import dev.skein.persistence.api.StoredSession;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the shell of a {@link SessionLock} has to do, in the order in which it is returned. */
public sealed interface Effect {
    /** Read the session; {@link Input.Loaded} or {@link Input.LoadFailed} follows. */
    record Load() implements Effect {}

    /** Ask these nodes for a connection of the client; {@link Input.NodeAnswered} follows from each that lives. */
    record Search(Set<Long> nodes) implements Effect {}

    /** The claim is granted; {@code session} is null when nothing of it is stored. */
    record Grant(Claim claim, boolean present, @Nullable StoredSession session) implements Effect {}

    /** A connection that an earlier actor admitted keeps the client ID. */
    record Resume(Connection to) implements Effect {}

    /** The claim is refused. */
    record Refuse(Connection to, Denial why) implements Effect {}

    /** The claim is refused: the client ID belongs to {@code owner}, another identity. */
    record NotOwner(Connection to, String owner) implements Effect {}

    /** Tell a connection that another has its client ID [MQTT-3.1.4-2]: it has to leave. */
    record Evict(Connection connection) implements Effect {}

    /** Ask the holder whether it is alive; {@link Input.Probed} or {@link Input.Detached} follows. */
    record Probe(Connection holder) implements Effect {}

    /** The node of the holder is gone, and the holder with it: worth a line in the log. */
    record HolderLost(Connection holder) implements Effect {}

    /** Tell a connection to claim once more, from whatever actor follows. */
    record Reclaim(Connection to) implements Effect {}

    /**
     * Answer a question.
     *
     * @param session the persistent session, null when there is none
     * @param holder the connection, null when there is none or its node is gone
     */
    record Answer(
            Question question,
            @Nullable StoredSession session,
            @Nullable Connection holder) implements Effect {}

    /** Ask the actor that follows. */
    record Forward(Question question) implements Effect {}

    /** Create the session as {@code next} wants it; {@link Input.Committed} or {@link Input.ChangeFailed} follows. */
    record Create(Claim next) implements Effect {}

    /**
     * Note how the session goes on, and give it to {@code owner} unless that is null; {@link Input.Committed} or
     * {@link Input.ChangeFailed} follows.
     */
    record TakeUp(StoredSession session, @Nullable String owner) implements Effect {}

    /**
     * Discard the session, its wills that wait with it; {@link Input.Committed} or {@link Input.ChangeFailed} follows.
     */
    record Discard(StoredSession session) implements Effect {}

    /** As {@link Discard}, for a session that nobody has used since {@code lastSeen}, in milliseconds. */
    record Expire(StoredSession session, long lastSeen) implements Effect {}

    /** Change subscriptions and answer that; {@link Input.Committed} or {@link Input.ChangeFailed} follows. */
    record Change(Question change, StoredSession session) implements Effect {}

    /**
     * Note in the store when the client was there, and what else the session says; {@link Input.NotNoted} may follow.
     */
    record Seen(StoredSession session) implements Effect {}

    /**
     * Have wills of the client's former connections published; {@link Input.WillsSettled} follows within seconds.
     *
     * @param overdue a connection that does not leave in time, whose will is one of them, or 0
     * @param disconnected whether the client of that connection has said DISCONNECT: its will is forgotten then
     * @param takenUp whether the session goes on, so that wills are forgotten which wait [MQTT-3.1.3-9]
     */
    record SettleWills(long overdue, boolean disconnected, boolean takenUp) implements Effect {}

    /** Ask the shard to stop this session; {@link Input.StopAsked} follows. */
    record Passivate() implements Effect {}

    /** Stop: nothing is done by this lock any more. */
    record Stop() implements Effect {}
}
