package dev.skein.persistence.journal;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.journal.SessionState.Mark;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the journal holds that counts and is not in the tables. The writing thread and a start tell it each record, the
 * same way; readers look at one session; the moving thread takes out what the tables have. Thread-safe: one lock, held
 * for a group, a page or a record.
 */
final class JournalIndex {
    /** Only the tables know. */
    static final MessageId ASK_TABLES = new MessageId(0, 0);

    private static final int SESSION_BYTES = 300;
    /** So many sessions of which there is nothing are not forgotten: there will be in a moment. */
    private static final int IDLE_SESSIONS = 2_000;

    private final Map<Long, SessionState> sessions = new HashMap<>();
    /** Sessions that may have packet identifiers in the tables. */
    private final Set<Long> exchanging;

    private long entries;
    private long marks;
    private long removed;

    /** @param exchanging sessions with packet identifiers of QoS 2 exchanges in the tables */
    JournalIndex(Collection<Long> exchanging) {
        this.exchanging = new HashSet<>(exchanging);
    }

    // The writing thread, and a start

    /** Takes one record. */
    synchronized void apply(Change change, long number, Segment segment, int offset, int length) {
        segment.last = number;
        switch (change) {
            case Change.Group _ -> {}
            case Change.Append append -> append(append, number, segment, offset, length);
            case Change.Acknowledge(var session, var id) -> remove(session, id, number, segment);
            case Change.Sent(var session, var id, var packetId) -> sent(session, id, packetId, number, segment);
            case Change.Received(var session, var id, var packetId, var position) -> {
                remove(session, id, number, segment);
                put(state(session).released, packetId, new Mark(number, segment, position, null));
            }
            case Change.Completed(var session, var packetId) -> {
                Mark free = new Mark(number, segment, Move.FREE, null);
                free(session, state(session).released, packetId, free);
            }
            case Change.Released(var session, var packetId) -> {
                Mark free = new Mark(number, segment, Move.FREE, null);
                free(session, state(session).inbound, packetId, free);
            }
            case Change.Discard(var session) -> discard(session);
        }
    }

    private SessionState state(long session) {
        return sessions.computeIfAbsent(session, _ -> new SessionState());
    }

    private void append(Change.Append append, long number, Segment segment, int offset, int length) {
        List<Receiver> receivers = append.receivers();
        for (int i = 0; i < receivers.size(); i++) {
            Receiver receiver = receivers.get(i);
            int state = (receiver.qos() << QueueEntries.QOS_SHIFT) | (receiver.retain() ? QueueEntries.RETAIN : 0);
            state(receiver.sessionId()).queue.add(append.sequence(), segment, offset, length, state);
        }
        entries += receivers.size();
        segment.live += receivers.size();
        InboundMark mark = append.mark();
        if (mark != null) {
            MessageId id = new MessageId(append.sequence(), Journal.WRITER);
            put(state(mark.sessionId()).inbound, mark.packetId(), new Mark(number, segment, 0, id));
        }
    }

    private void remove(long session, MessageId id, long number, Segment segment) {
        SessionState state = state(session);
        drop(state.sent, id);
        int at = id.writer() == Journal.WRITER ? state.queue.find(id.sequence()) : -1;
        boolean inTables = at < 0 || (state.queue.state(at) & QueueEntries.MOVING) != 0;
        if (at >= 0) {
            removed++;
            free(state.queue, at);
        }
        if (inTables) {
            put(state.gone, id, new Mark(number, segment, 0, null));
        }
        forgetIfEmpty(session, state);
    }

    private void free(QueueEntries queue, int at) {
        queue.segment(at).live--;
        entries--;
        queue.remove(at);
    }

    private void sent(long session, MessageId id, int packetId, long number, Segment segment) {
        SessionState state = state(session);
        int at = id.writer() == Journal.WRITER ? state.queue.find(id.sequence()) : -1;
        boolean inTables = at < 0 || (state.queue.state(at) & QueueEntries.MOVING) != 0;
        if (at >= 0) {
            state.queue.setState(at, (state.queue.state(at) & ~QueueEntries.PACKET) | packetId);
        }
        if (inTables && !state.gone.containsKey(id)) {
            put(state.sent, id, new Mark(number, segment, packetId, null));
        }
        forgetIfEmpty(session, state);
    }

    /** A packet identifier is free; the tables are to be told when they may have it. */
    private void free(long session, Map<Integer, Mark> of, int packetId, Mark free) {
        drop(of, packetId);
        if (exchanging.contains(session)) {
            put(of, packetId, free);
        }
        forgetIfEmpty(session, state(session));
    }

    private <K> void put(Map<K, Mark> map, K key, Mark mark) {
        Mark before = map.put(key, mark);
        mark.segment().live++;
        if (before == null) {
            marks++;
        } else {
            before.segment().live--;
        }
    }

    private <K> void drop(Map<K, Mark> map, K key) {
        Mark before = map.remove(key);
        if (before != null) {
            before.segment().live--;
            marks--;
        }
    }

    private void forgetIfEmpty(long session, SessionState state) {
        if (sessions.size() > IDLE_SESSIONS && state.isEmpty()) {
            sessions.remove(session);
        }
    }

    private void discard(long session) {
        SessionState state = sessions.remove(session);
        exchanging.remove(session);
        if (state == null) {
            return;
        }
        QueueEntries queue = state.queue;
        for (int at = queue.next(queue.first()); at < queue.end(); at = queue.next(at + 1)) {
            queue.segment(at).live--;
            entries--;
        }
        for (Map<?, Mark> map : List.of(state.gone, state.sent, state.released, state.inbound)) {
            map.values().forEach(mark -> mark.segment().live--);
            marks -= map.size();
        }
    }

    /** The session is gone: what is here of it is nobody's. */
    synchronized void forget(long session) {
        discard(session);
    }

    /** The message that a received packet identifier stands for, null for none, or {@link #ASK_TABLES}. */
    synchronized @Nullable MessageId received(InboundMark mark) {
        SessionState state = sessions.get(mark.sessionId());
        Mark here = state == null ? null : state.inbound.get(mark.packetId());
        if (here != null) {
            return here.message();
        }
        return exchanging.contains(mark.sessionId()) ? ASK_TABLES : null;
    }

    /** Sessions of which there is anything. */
    synchronized Set<Long> sessions() {
        Set<Long> some = new HashSet<>();
        sessions.forEach((session, state) -> {
            if (!state.isEmpty()) {
                some.add(session);
            }
        });
        return some;
    }

    // Figures

    /** About what it takes in memory. */
    synchronized long bytes() {
        return movableBytes() + exchanging.size() * (long) SESSION_BYTES;
    }

    /** The part of it that goes with what is moved to the tables. */
    synchronized long movableBytes() {
        return entries * QueueEntries.BYTES + marks * SessionState.MARK_BYTES + sessions.size() * (long) SESSION_BYTES;
    }

    /** Entries of queues that were acknowledged before they came to the tables, since the start. */
    synchronized long removed() {
        return removed;
    }

    /** How much of a segment counts. */
    synchronized int live(Segment segment) {
        return segment.live;
    }

    /** Whether a segment that is written to holds anything that could go to the tables. */
    synchronized boolean isWorthMoving(@Nullable Segment segment) {
        return segment != null && segment.live > 0;
    }

    // Readers

    /** A message of a queue. */
    record Entry(MessageId id, Segment segment, int offset, int length, int state) {}

    /**
     * What the journal has of a queue behind a cursor, and what it takes from the tables.
     *
     * @param entries oldest first
     * @param more whether there are more than these
     * @param gone messages behind the cursor that left the queue in the tables
     * @param sent packet identifiers of messages in the tables
     */
    record View(List<Entry> entries, boolean more, Set<MessageId> gone, Map<MessageId, Integer> sent) {}

    private static final View NOTHING = new View(List.of(), false, Set.of(), Map.of());

    /** As {@link dev.skein.persistence.api.MessageStore#page} asks for it. */
    synchronized View view(long session, QueueCursor after, int maxMessages, int maxBytes) {
        SessionState state = sessions.get(session);
        if (state == null) {
            return NOTHING;
        }
        List<Entry> found = new ArrayList<>();
        QueueEntries queue = state.queue;
        long bytes = 0;
        boolean more = false;
        int begin = queue.next(queue.behind(position(after, Journal.WRITER)));
        for (int at = begin; at < queue.end(); at = queue.next(at + 1)) {
            bytes += queue.length(at);
            if (found.size() == maxMessages || (bytes > maxBytes && !found.isEmpty())) {
                more = true;
                break;
            }
            found.add(entry(queue, at));
        }
        Map<MessageId, Integer> sent = new HashMap<>(state.sent.size());
        state.sent.forEach((id, mark) -> sent.put(id, (int) mark.value()));
        return new View(found, more, gone(state, after), sent);
    }

    private static Set<MessageId> gone(SessionState state, QueueCursor after) {
        if (state.gone.isEmpty()) {
            return Set.of();
        }
        Set<MessageId> gone = new HashSet<>();
        MessageId id = state.gone.firstKey();
        while (id != null) {
            long position = position(after, id.writer());
            MessageId from = new MessageId(position, id.writer());
            for (MessageId each : state.gone.tailMap(from, false).keySet()) {
                if (each.writer() != id.writer()) {
                    break;
                }
                gone.add(each);
            }
            id = state.gone.higherKey(new MessageId(Long.MAX_VALUE, id.writer()));
        }
        return gone;
    }

    private static Entry entry(QueueEntries queue, int at) {
        return new Entry(
                new MessageId(queue.sequence(at), Journal.WRITER),
                queue.segment(at),
                queue.offset(at),
                queue.length(at),
                queue.state(at));
    }

    private static long position(QueueCursor cursor, long writer) {
        for (int i = 0; i < cursor.size(); i++) {
            if (cursor.writer(i) == writer) {
                return cursor.sequence(i);
            }
        }
        return Long.MIN_VALUE;
    }

    /**
     * How the flow of a session differs from the tables.
     *
     * @param depth messages in the journal
     * @param first sequence of the first of them; the greatest long when there is none
     * @param gone messages that left the queue in the tables
     * @param sent packet identifiers of messages, wherever they are
     * @param released positions of packet identifiers, or {@link Move#FREE}
     */
    record Flow(int depth, long first, Set<MessageId> gone, Map<MessageId, Integer> sent, Map<Integer, Long> released) {
        /** Whether a message in the tables is counted here, or gone: what moves goes in order. */
        boolean has(MessageId id) {
            return gone.contains(id) || (id.writer() == Journal.WRITER && id.sequence() >= first);
        }
    }

    /** Reads the flow of a session. Its queue may be long: only what was sent is copied. */
    synchronized Flow flow(long session) {
        SessionState state = sessions.get(session);
        if (state == null) {
            return new Flow(0, Long.MAX_VALUE, Set.of(), Map.of(), Map.of());
        }
        Map<MessageId, Integer> sent = new HashMap<>();
        state.sent.forEach((id, mark) -> sent.put(id, (int) mark.value()));
        QueueEntries queue = state.queue;
        int first = queue.next(queue.first());
        for (int at = first; at < queue.end(); at = queue.next(at + 1)) {
            int packetId = queue.state(at) & QueueEntries.PACKET;
            if (packetId != 0) {
                sent.put(new MessageId(queue.sequence(at), Journal.WRITER), packetId);
            }
        }
        Map<Integer, Long> released = new HashMap<>();
        state.released.forEach((packetId, mark) -> released.put(packetId, mark.value()));
        long from = first < queue.end() ? queue.sequence(first) : Long.MAX_VALUE;
        return new Flow(queue.size(), from, new HashSet<>(state.gone.keySet()), sent, released);
    }

    // The moving thread

    /** Whether any of the message's queues has it still; these are on their way to the tables from now on. */
    synchronized List<Move.Row> moving(Change.Append append) {
        List<Move.Row> rows = new ArrayList<>();
        for (Receiver receiver : append.receivers()) {
            SessionState state = sessions.get(receiver.sessionId());
            int at = state == null ? -1 : state.queue.find(append.sequence());
            if (state != null && at >= 0) {
                int bits = state.queue.state(at);
                state.queue.setState(at, bits | QueueEntries.MOVING);
                int packetId = bits & QueueEntries.PACKET;
                rows.add(new Move.Row(receiver.sessionId(), receiver.qos(), receiver.retain(), packetId));
            }
        }
        return rows;
    }

    /** Adds to {@code piece} what the record says of the tables, as far as no later one says something else. */
    synchronized void collect(Change change, long number, Move piece) {
        switch (change) {
            case Change.Group _, Change.Discard _ -> {}
            case Change.Append append -> {
                InboundMark mark = append.mark();
                if (mark != null) {
                    inbound(mark, number, piece);
                }
            }
            case Change.Acknowledge(var session, var id) -> gone(session, id, number, piece);
            case Change.Sent(var session, var id, var _) -> {
                SessionState state = sessions.get(session);
                Mark mark = state == null ? null : state.sent.get(id);
                if (mark != null && mark.number() == number) {
                    piece.sent().put(new Move.Place(session, id), (int) mark.value());
                    piece.count();
                }
            }
            case Change.Received(var session, var id, var packetId, var _) -> {
                gone(session, id, number, piece);
                released(session, packetId, number, piece);
            }
            case Change.Completed(var session, var packetId) -> released(session, packetId, number, piece);
            case Change.Released(var session, var packetId) ->
                inbound(new InboundMark(session, packetId), number, piece);
        }
    }

    private void gone(long session, MessageId id, long number, Move piece) {
        SessionState state = sessions.get(session);
        Mark mark = state == null ? null : state.gone.get(id);
        if (mark != null && mark.number() == number) {
            piece.removed().add(new Move.Place(session, id));
            piece.count();
        }
    }

    private void released(long session, int packetId, long number, Move piece) {
        SessionState state = sessions.get(session);
        Mark mark = state == null ? null : state.released.get(packetId);
        if (mark != null && mark.number() == number) {
            exchanging.add(session);
            piece.released().put(new Move.Packet(session, packetId), mark.value());
            piece.count();
        }
    }

    private void inbound(InboundMark of, long number, Move piece) {
        SessionState state = sessions.get(of.sessionId());
        Mark mark = state == null ? null : state.inbound.get(of.packetId());
        if (mark != null && mark.number() == number) {
            exchanging.add(of.sessionId());
            piece.inbound().put(of, Optional.ofNullable(mark.message()));
            piece.count();
        }
    }

    /** A message of a queue cannot be read. */
    synchronized void lost(long session, MessageId id) {
        SessionState state = sessions.get(session);
        int at = state == null ? -1 : state.queue.find(id.sequence());
        if (state != null && at >= 0) {
            free(state.queue, at);
            forgetIfEmpty(session, state);
        }
    }

    /** What is left of a segment cannot be read. */
    synchronized void lost(Segment segment) {
        for (SessionState state : new ArrayList<>(sessions.values())) {
            QueueEntries queue = state.queue;
            List<Long> sequences = new ArrayList<>();
            for (int at = queue.next(queue.first()); at < queue.end(); at = queue.next(at + 1)) {
                if (queue.segment(at) == segment) {
                    sequences.add(queue.sequence(at));
                }
            }
            sequences.forEach(sequence -> free(queue, queue.find(sequence)));
            for (Map<?, Mark> map : List.of(state.gone, state.sent, state.released, state.inbound)) {
                int before = map.size();
                map.values().removeIf(mark -> mark.segment() == segment);
                marks -= before - map.size();
            }
        }
        segment.live = 0;
        sessions.values().removeIf(SessionState::isEmpty);
    }

    /** The tables have {@code piece}. What changed meanwhile stays. */
    synchronized void moved(Move piece) {
        for (Move.Message message : piece.messages()) {
            for (Move.Row row : message.rows()) {
                SessionState state = sessions.get(row.sessionId());
                int at = state == null ? -1 : state.queue.find(message.id().sequence());
                if (state != null && at >= 0) {
                    free(state.queue, at);
                    forgetIfEmpty(row.sessionId(), state);
                }
            }
        }
        piece.removed().forEach(place -> settled(place.sessionId(), place.id(), piece, Kind.GONE));
        piece.sent().keySet().forEach(place -> settled(place.sessionId(), place.id(), piece, Kind.SENT));
        piece.released()
                .keySet()
                .forEach(packet -> settled(packet.sessionId(), packet.packetId(), piece, Kind.RELEASED));
        piece.inbound().keySet().forEach(mark -> settled(mark.sessionId(), mark.packetId(), piece, Kind.INBOUND));
    }

    private enum Kind {
        GONE,
        SENT,
        RELEASED,
        INBOUND
    }

    private void settled(long session, Object key, Move piece, Kind kind) {
        SessionState state = sessions.get(session);
        if (state == null) {
            return;
        }
        Map<?, Mark> map = switch (kind) {
            case GONE -> state.gone;
            case SENT -> state.sent;
            case RELEASED -> state.released;
            case INBOUND -> state.inbound;
        };
        Mark mark = map.get(key);
        if (mark != null && mark.number() <= piece.highWater()) {
            map.remove(key);
            mark.segment().live--;
            marks--;
        }
        forgetIfEmpty(session, state);
    }
}
