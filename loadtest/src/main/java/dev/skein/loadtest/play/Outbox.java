package dev.skein.loadtest.play;

import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.Stamp;
import dev.skein.loadtest.play.Figures.OfFlow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one client sends: acknowledgements waited for, and what could not be sent yet. Belongs to its event loop. */
final class Outbox {
    private static final int MOST_IN_FLIGHT = 32_767;
    private static final int BATCH_BYTES = 64 * 1024;

    private final Member member;
    private final Lane lane;
    private final RunTime time;
    private final int run;
    private final ArrayDeque<Due> backlog = new ArrayDeque<>();
    private final Map<Integer, InFlight> inFlight = new LinkedHashMap<>();
    /** Streams and sequence numbers, in turn, whose fate nobody knows: their connection ended before the answer. */
    private final List<int[]> uncertain = new ArrayList<>();

    private int lastId;
    private boolean pumping;

    Outbox(Member member, Lane lane, RunTime time, int run) {
        this.member = member;
        this.lane = lane;
        this.time = time;
        this.run = run;
    }

    /** A message that has its time; {@code sequence} below 0 is given when it is sent. */
    private record Due(Sender sender, int stream, int sequence, long nanos) {}

    /** A message that waits for an acknowledgement. */
    private static final class InFlight {
        private final Sender sender;
        private final int stream;
        private final int sequence;
        private final long nanos;
        private boolean released;

        InFlight(Sender sender, int stream, int sequence, long nanos) {
            this.sender = sender;
            this.stream = stream;
            this.sequence = sequence;
            this.nanos = nanos;
        }
    }

    /** Flow, stream and sequence number of messages whose fate nobody knows. */
    List<int[]> uncertain() {
        return uncertain;
    }

    /** Sends a message of its own, or keeps it until it can be sent. */
    void due(Sender sender, int stream, long nanos) {
        offer(sender, stream, -1, nanos);
    }

    /** Sends an answer, or keeps it until it can be sent. */
    void answer(Sender sender, int stream, int sequence, long nanos) {
        offer(sender, stream, sequence, nanos);
    }

    private void offer(Sender sender, int stream, int sequence, long nanos) {
        Connection connection = member.connection();
        if (connection != null && backlog.isEmpty() && takes(connection, sender)) {
            write(connection, sender, stream, sequence, nanos);
        } else {
            backlog.add(new Due(sender, stream, sequence, nanos));
        }
    }

    private boolean takes(Connection connection, Sender sender) {
        return member.ready()
                && connection.isWritable()
                && (sender.flow().qos() == 0 || inFlight.size() < MOST_IN_FLIGHT);
    }

    /** Sends all that may be sent now, and flushes. */
    void pump() {
        Connection connection = member.connection();
        if (connection == null || pumping || !member.ready()) {
            return;
        }
        pumping = true;
        try {
            for (Due due = backlog.peek(); due != null && takes(connection, due.sender); due = backlog.peek()) {
                backlog.remove();
                write(connection, due.sender, due.stream, due.sequence, due.nanos);
            }
            for (Sender sender : member.senders()) {
                while (sender.flow().window() > 0 && sender.windowOpen() && takes(connection, sender)) {
                    write(connection, sender, sender.nextStream(), -1, time.now());
                }
            }
            connection.flush();
        } finally {
            pumping = false;
        }
    }

    private void write(Connection connection, Sender sender, int stream, int given, long nanos) {
        int sequence = given < 0 ? sender.nextSequence(stream) : given;
        int flow = sender.plan().index();
        int id = 0;
        if (sender.flow().qos() > 0) {
            id = freeId();
            inFlight.put(id, new InFlight(sender, stream, sequence, nanos));
            sender.begun();
        }
        put(connection, sender, stream, sequence, nanos, id, false);
        Figures figures = lane.figures();
        figures.add(OfFlow.SENT, flow, 1);
        long now = time.now();
        if (time.measures(now)) {
            figures.add(OfFlow.SENT_MEASURED, flow, 1);
        }
        if (sender.flow().openLoop() && time.measures(nanos)) {
            figures.lateness(flow, now - nanos);
        }
    }

    private void put(
            Connection connection, Sender sender, int stream, int sequence, long nanos, int id, boolean again) {
        int size = sender.flow().size();
        var out = connection.publish(
                sender.topic(stream), sender.flow().qos(), sender.flow().retain(), again, id, size);
        Stamp.append(out, run, sender.plan().index(), stream, sequence, nanos / 1000, size);
        if (out.readableBytes() > BATCH_BYTES) {
            connection.flush();
        }
    }

    private int freeId() {
        do {
            lastId = lastId == 0xFFFF ? 1 : lastId + 1;
        } while (inFlight.containsKey(lastId));
        return lastId;
    }

    void puback(int id) {
        finish(id, 1);
    }

    void pubcomp(int id) {
        finish(id, 2);
    }

    void pubrec(Connection connection, int id) {
        InFlight message = inFlight.get(id);
        if (message != null) {
            message.released = true;
        }
        // an identifier that is free again is answered all the same: the broker may have missed PUBCOMP's turn
        connection.pubrel(id);
    }

    private void finish(int id, int qos) {
        InFlight message = inFlight.get(id);
        if (message == null || message.sender.flow().qos() != qos) {
            lane.figures()
                    .add(
                            OfFlow.WRONG_ACKNOWLEDGEMENTS,
                            message == null ? 0 : message.sender.plan().index(),
                            1);
            return;
        }
        inFlight.remove(id);
        message.sender.ended();
        lane.figures().add(OfFlow.ACKNOWLEDGED, message.sender.plan().index(), 1);
    }

    /** The connection is gone. What was due is not sent any more; a device that is off measures nothing. */
    void disconnected() {
        for (Iterator<Due> all = backlog.iterator(); all.hasNext(); ) {
            Due due = all.next();
            if (due.sequence < 0) { // answers are still owed
                all.remove();
                lane.figures().add(OfFlow.DUE_MEASURED, due.sender.plan().index(), time.measures(due.nanos) ? -1 : 0);
            }
        }
    }

    /** The connection is there again; with its session, what waits for an acknowledgement goes once more. */
    void reconnected(Connection connection, boolean clean) {
        if (clean) {
            for (InFlight message : inFlight.values()) {
                uncertain.add(new int[] {message.sender.plan().index(), message.stream, message.sequence});
                message.sender.ended();
            }
            inFlight.clear();
            return;
        }
        inFlight.forEach((id, message) -> {
            if (message.released) {
                connection.pubrel(id);
            } else {
                put(connection, message.sender, message.stream, message.sequence, message.nanos, id, true);
            }
        });
        connection.flush();
    }

    /** Drops what a flow that ends has not sent, and counts it. */
    void end(Sender sender) {
        for (Iterator<Due> all = backlog.iterator(); all.hasNext(); ) {
            Due due = all.next();
            if (due.sender == sender) {
                all.remove();
                lane.figures().add(OfFlow.UNSENT, sender.plan().index(), 1);
            }
        }
    }

    /** Takes the retained messages of a flow away again. */
    void forget(@Nullable Connection connection, Sender sender) {
        for (int target = 0; connection != null && target < sender.plan().targets(); target++) {
            int stream = sender.publisher() * sender.plan().targets() + target;
            connection.publish(sender.topic(stream), 0, true, false, 0, 0);
        }
        if (connection != null) {
            connection.flush();
        }
    }
}
