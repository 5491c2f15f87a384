package dev.skein.persistence.journal;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tables in memory, of which each state is kept: a power cut takes back those that were not forced. */
final class MemoryTables implements Tables {
    private final @Nullable CutFiles log;
    private final boolean disk;
    private State state;
    private boolean stalled;

    /** That a state was committed, or everything so far forced. */
    record Committed(State state) {}

    record Forced() {}

    /** What the tables hold; not changed any more. */
    static final class State {
        final Map<Long, TreeMap<MessageId, QueuedMessage>> queues = new TreeMap<>();
        final Map<Move.Packet, Long> released = new HashMap<>();
        final Map<InboundMark, MessageId> inbound = new HashMap<>();
        final Set<Long> sessions = new HashSet<>();
        long highWater;
        FileRange files = FileRange.NONE;

        State copy() {
            State copy = new State();
            queues.forEach((session, queue) -> copy.queues.put(session, new TreeMap<>(queue)));
            copy.released.putAll(released);
            copy.inbound.putAll(inbound);
            copy.sessions.addAll(sessions);
            copy.highWater = highWater;
            copy.files = files;
            return copy;
        }

        Journal.Start start() {
            Set<Long> exchanging = new HashSet<>();
            released.keySet().forEach(packet -> exchanging.add(packet.sessionId()));
            inbound.keySet().forEach(mark -> exchanging.add(mark.sessionId()));
            return new Journal.Start(highWater, files, exchanging);
        }
    }

    /** @param log where commits are noted, between what happens to the files */
    MemoryTables(State state, @Nullable CutFiles log) {
        this(state, log, true);
    }

    /** @param disk whether a note of a file is on the disk when it is told */
    MemoryTables(State state, @Nullable CutFiles log, boolean disk) {
        this.state = state;
        this.log = log;
        this.disk = disk;
    }

    synchronized State state() {
        return state;
    }

    private void note(Object what) {
        if (log != null) {
            log.note(what);
        }
    }

    /** Nothing moves any more. */
    synchronized void stall() {
        stalled = true;
    }

    @Override
    public synchronized CompletionStage<Void> move(Move piece) {
        if (stalled) {
            return new CompletableFuture<>();
        }
        if (piece.highWater() < state.highWater) {
            return CompletableFuture.failedFuture(new AssertionError("moved twice: " + piece.highWater()));
        }
        State next = state.copy();
        for (Move.Message message : piece.messages()) {
            for (Move.Row row : message.rows()) {
                if (next.sessions.contains(row.sessionId())) {
                    add(next, message, row);
                }
            }
        }
        piece.sent()
                .forEach((place, packetId) -> next.queues
                        .getOrDefault(place.sessionId(), new TreeMap<>())
                        .computeIfPresent(place.id(), (_, message) -> sent(message, packetId)));
        piece.removed()
                .forEach(place -> next.queues
                        .getOrDefault(place.sessionId(), new TreeMap<>())
                        .remove(place.id()));
        piece.released().forEach((packet, position) -> {
            if (position == Move.FREE) {
                next.released.remove(packet);
            } else {
                next.released.put(packet, position);
            }
        });
        piece.inbound()
                .forEach((mark, message) ->
                        message.ifPresentOrElse(id -> next.inbound.put(mark, id), () -> next.inbound.remove(mark)));
        next.highWater = piece.highWater();
        long moved = Math.max(next.files.moved(), piece.emptied());
        next.files = new FileRange(moved, Math.max(next.files.opened(), moved), false);
        state = next;
        note(new Committed(next));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Void> opened(long segment) {
        State next = state.copy();
        long moved = next.files.opened() == 0 ? segment - 1 : next.files.moved();
        next.files = new FileRange(moved, Math.max(next.files.opened(), segment), false);
        state = next;
        note(new Committed(next));
        if (disk) {
            note(new Forced());
        }
        return CompletableFuture.completedFuture(null);
    }

    private static void add(State next, Move.Message message, Move.Row row) {
        QueuedMessage before = next.queues
                .computeIfAbsent(row.sessionId(), _ -> new TreeMap<>())
                .put(
                        message.id(),
                        new QueuedMessage(
                                message.id(),
                                message.body().topic(),
                                message.body().content(),
                                row.qos(),
                                row.retain(),
                                row.sentPacketId(),
                                message.body().origin()));
        if (before != null) {
            throw new AssertionError("twice in the tables: " + before);
        }
    }

    private static QueuedMessage sent(QueuedMessage of, int packetId) {
        return new QueuedMessage(of.id(), of.topic(), of.content(), of.qos(), of.retain(), packetId, of.origin());
    }

    @Override
    public void force() {
        note(new Forced());
    }

    @Override
    public synchronized Optional<MessageId> received(InboundMark mark) {
        return Optional.ofNullable(state.inbound.get(mark));
    }

    @Override
    public synchronized Set<Long> missing(Set<Long> sessions) {
        Set<Long> missing = new HashSet<>(sessions);
        missing.removeAll(state.sessions);
        return missing;
    }

    @Override
    public void append(StoreCommand.Append command) {
        throw new AssertionError("a will (expected: none in these tests)");
    }

    /** One queue. */
    QueueTables<RuntimeException> queue(long session) {
        return new QueueTables<>() {
            @Override
            public QueuePage page(QueueCursor after, int maxMessages, int maxBytes) {
                List<QueuedMessage> page = new ArrayList<>();
                for (QueuedMessage message :
                        state().queues.getOrDefault(session, new TreeMap<>()).values()) {
                    if (after.covers(message.id())) {
                        continue;
                    }
                    if (page.size() == maxMessages) {
                        return new QueuePage(page, true);
                    }
                    page.add(message);
                }
                return new QueuePage(page, false);
            }

            @Override
            public Map<MessageId, Integer> sent(Predicate<MessageId> gone) {
                Map<MessageId, Integer> sent = new HashMap<>();
                state().queues.getOrDefault(session, new TreeMap<>()).forEach((id, message) -> {
                    if (message.sentPacketId() != 0 && !gone.test(id)) {
                        sent.put(id, message.sentPacketId());
                    }
                });
                return sent;
            }

            @Override
            public Map<Integer, Long> released() {
                Map<Integer, Long> released = new HashMap<>();
                state().released.forEach((packet, position) -> {
                    if (packet.sessionId() == session) {
                        released.put(packet.packetId(), position);
                    }
                });
                return released;
            }

            @Override
            public long depth(Predicate<MessageId> gone) {
                return state().queues.getOrDefault(session, new TreeMap<>()).keySet().stream()
                        .filter(gone.negate())
                        .count();
            }
        };
    }
}
