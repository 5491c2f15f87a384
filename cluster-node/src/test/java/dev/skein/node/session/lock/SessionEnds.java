package dev.skein.node.session.lock;

import dev.skein.node.session.lock.SimulatedConnection.Phase;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.SessionTerm;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges when sessions end: none is taken up beyond its expiry, and none is discarded that has time left. */
final class SessionEnds {
    private final LockSimulation world;
    private final LockRules rules;
    /** Of those that ended with a word of their connection, heard by an actor that knew it. */
    private final Map<Long, End> ends = new HashMap<>();

    /** Of those for whose client ID somebody came who wants them discarded: he may have gone since. */
    private final Set<Long> cleanAsked = new HashSet<>();

    private boolean cleanWaits;

    private record End(long millis, long expirySeconds) {}

    SessionEnds(LockSimulation world, LockRules rules) {
        this.world = world;
        this.rules = rules;
    }

    private static long millis(long expirySeconds) {
        return expirySeconds == SessionTerm.BY_SETTINGS
                ? LockSimulation.SETTINGS_EXPIRY.toMillis()
                : expirySeconds == SessionTerm.NEVER ? Long.MAX_VALUE : expirySeconds * 1000;
    }

    private long now() {
        return world.now().epochMillis();
    }

    /** Somebody claims the client ID. */
    void claimed(State state, Claim claim) {
        StoredSession stored = world.stored();
        if (claim.term().cleanStart() && !claim.resumed()) {
            if (stored != null) {
                cleanAsked.add(stored.id());
            }
            cleanWaits |= state instanceof State.Busy;
        }
    }

    /** The store has made it. */
    void created(long id) {
        if (cleanWaits) {
            cleanAsked.add(id);
        }
        cleanWaits = false;
    }

    /** The holder ends. */
    void left(Input.Detached detached, @Nullable StoredSession stored) {
        SimulatedConnection connection = world.connection(detached.connection());
        if (stored != null && connection != null && connection.session == stored.id()) {
            long before = connection.term().expirySeconds();
            Long changed = detached.expirySeconds();
            ends.put(stored.id(), new End(now(), changed == null || before == 0 ? before : changed));
        }
    }

    /** The store has not taken it: the next actor may not know when it ended. */
    void notNoted(StoredSession session) {
        ends.remove(session.id());
    }

    /** Whether the store's session may be over, as far as it says, and others have. */
    boolean mayBeOver(StoredSession stored) {
        long seen = Math.max(stored.createdAt(), stored.disconnectedAt());
        return stored.holder() != 0 || cleanAsked.contains(stored.id()) || now() - seen >= millis(stored.expiry());
    }

    void granted(Effect.Grant grant, SimulatedConnection to) {
        StoredSession session = grant.session();
        if (session == null) {
            return;
        }
        if (grant.present()) {
            takenUp(session, to);
        }
        rules.check(session.expiry() == to.term().expirySeconds(), "granted " + session + " to " + to);
    }

    /** It is decided that {@code by} goes on with it. */
    void takenUp(StoredSession session, Object by) {
        End end = ends.remove(session.id());
        if (end != null) {
            long decided = session.disconnectedAt(); // the store may have taken long to note it
            rules.check(
                    decided - end.millis() < millis(end.expirySeconds()),
                    "taken up " + (decided - end.millis()) + " ms after " + end + " by " + by);
        }
    }

    /** A session is discarded, for a client that wants that or as its time is over. */
    void discarded(StoredSession session, State state, @Nullable Input input) {
        boolean wanted = state instanceof State.Changing(State.Change.Discard(var next))
                && next.term().cleanStart();
        boolean byOperator = input instanceof Input.ExpiryDue(var before) && before == Long.MAX_VALUE;
        if (wanted || byOperator || cleanAsked.contains(session.id())) {
            return;
        }
        End end = ends.get(session.id());
        boolean over = end != null && now() - end.millis() >= millis(end.expirySeconds());
        long seen = Math.max(session.createdAt(), session.disconnectedAt());
        rules.check(
                over || session.endsWithConnection() || now() - seen >= millis(session.expiry()),
                "discarded with time left: " + session + ", " + end);
        for (SimulatedConnection each : world.connections()) {
            rules.check(
                    each.phase != Phase.HOLDING || each.session != session.id() || each.overdue,
                    "discarded under " + each + ": " + session);
        }
    }
}
