package dev.skein.node.route.actor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What one other node has still to hear of this one: changes are merged while they wait, sent in numbered deltas, and
 * sent again until they are acknowledged. Confined to its actor.
 */
final class PeerChanges {
    /** Changes in one delta: a message between nodes stays well below the frame size. */
    private static final int CHUNK = 4000;

    private static final int CHUNK_CHARS = 400_000;
    private static final int WINDOW = 8;

    private final long self;
    private final long peer;
    private final Map<Filter, Boolean> filters = new LinkedHashMap<>();
    private final Map<Long, Boolean> sessions = new LinkedHashMap<>();
    private List<Runnable> waiting = new ArrayList<>();
    private final ArrayDeque<Sent> unacknowledged = new ArrayDeque<>();
    private long version;
    private long oldestBefore;
    private boolean complete;
    private boolean anew;

    private record Filter(String instance, String filter) {}

    private record Sent(SyncCommand.Delta delta, int changes, List<Runnable> applied) {}

    PeerChanges(long self, long peer) {
        this.self = self;
        this.peer = peer;
    }

    void filter(String instance, String filter, boolean present) {
        filters.put(new Filter(instance, filter), present);
    }

    void session(long sessionId, boolean attached) {
        sessions.put(sessionId, attached);
    }

    /** Runs {@code applied} once everything told so far is in force at the peer. */
    void whenApplied(Runnable applied) {
        if (filters.isEmpty() && sessions.isEmpty() && unacknowledged.isEmpty()) {
            applied.run();
        } else if (filters.isEmpty() && sessions.isEmpty()) {
            unacknowledged.getLast().applied().add(applied);
        } else {
            waiting.add(applied);
        }
    }

    /** Whether the peer knows all that there was when it joined. */
    boolean isSynced() {
        return complete && unacknowledged.isEmpty();
    }

    /** Begins anew: the caller tells everything again, what waits is part of it. */
    void anew() {
        filters.clear();
        sessions.clear();
        complete = false;
        anew = true;
        // Whoever waits for what is on its way waits for the whole: it may be lost and is not sent again.
        List<Runnable> all = new ArrayList<>();
        unacknowledged.forEach(each -> all.addAll(each.applied()));
        all.addAll(waiting);
        unacknowledged.clear();
        waiting = all;
    }

    /** Version of the last delta. */
    long version() {
        return version;
    }

    /** Whether the peer has acknowledged everything. */
    boolean isIdle() {
        return complete && filters.isEmpty() && sessions.isEmpty() && unacknowledged.isEmpty();
    }

    /** Changes that the peer has still to hear of or to acknowledge. */
    long pending() {
        long sent = 0;
        for (Sent each : unacknowledged) {
            sent += each.changes();
        }
        return filters.size() + sessions.size() + sent;
    }

    /** Gives what may be sent now to {@code send}. */
    void flush(Consumer<SyncCommand.Delta> send) {
        while (unacknowledged.size() < WINDOW && (!filters.isEmpty() || !sessions.isEmpty() || !complete)) {
            send.accept(next());
        }
    }

    private SyncCommand.Delta next() {
        Map<String, SyncCommand.Filters> byInstance = new HashMap<>();
        int count = 0;
        int chars = 0;
        Iterator<Map.Entry<Filter, Boolean>> changes = filters.entrySet().iterator();
        while (changes.hasNext() && count < CHUNK && chars < CHUNK_CHARS) {
            var change = changes.next();
            Filter filter = change.getKey();
            SyncCommand.Filters into = byInstance.computeIfAbsent(
                    filter.instance(), id -> new SyncCommand.Filters(id, new ArrayList<>(), new ArrayList<>()));
            (change.getValue() ? into.added() : into.removed()).add(filter.filter());
            count++;
            chars += filter.filter().length();
            changes.remove();
        }
        List<Long> attached = new ArrayList<>();
        List<Long> detached = new ArrayList<>();
        Iterator<Map.Entry<Long, Boolean>> moves = sessions.entrySet().iterator();
        while (moves.hasNext() && count < CHUNK) {
            var move = moves.next();
            (move.getValue() ? attached : detached).add(move.getKey());
            count++;
            moves.remove();
        }
        boolean last = filters.isEmpty() && sessions.isEmpty();
        complete |= last;
        List<Runnable> applied = last ? waiting : new ArrayList<>();
        if (last) {
            waiting = new ArrayList<>();
        }
        SyncCommand.Delta delta = new SyncCommand.Delta(
                self, peer, ++version, anew, complete, List.copyOf(byInstance.values()), attached, detached);
        anew = false;
        unacknowledged.add(new Sent(delta, count, applied));
        return delta;
    }

    /** The peer has applied everything up to {@code upTo}. */
    void applied(long upTo) {
        while (!unacknowledged.isEmpty() && unacknowledged.peek().delta().version() <= upTo) {
            unacknowledged.remove().applied().forEach(Runnable::run);
        }
    }

    /**
     * Called from time to time: gives what was not acknowledged since the last call to {@code send} once more; returns
     * how many deltas that were.
     */
    int resend(Consumer<SyncCommand.Delta> send) {
        Sent oldest = unacknowledged.peek();
        long version = oldest == null ? 0 : oldest.delta().version();
        boolean late = version != 0 && version == oldestBefore;
        oldestBefore = version;
        if (late) {
            unacknowledged.forEach(each -> send.accept(each.delta()));
        }
        return late ? unacknowledged.size() : 0;
    }

    /** The peer is gone: nobody waits for it any more. */
    void end() {
        unacknowledged.forEach(each -> each.applied().forEach(Runnable::run));
        unacknowledged.clear();
        waiting.forEach(Runnable::run);
        waiting.clear();
    }
}
