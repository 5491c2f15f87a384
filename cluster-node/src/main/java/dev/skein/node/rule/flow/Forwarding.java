package dev.skein.node.rule.flow;

import dev.skein.persistence.api.QueueCursor;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the messages of one rule on one node. As long as the target takes them they go straight to it. When
 * it does not, all that it has not taken goes to the spool, in order, and so does everything behind it, until the spool
 * is drained. Whoever waits for a message is answered when the target or the spool has it.
 *
 * <p>At least once: after a failure a message may be sent again that the target has. Messages with the same order key
 * keep their order: one that failed is sent again with all behind it.
 */
public final class Forwarding {
    private static final int PAGE = 512;
    private static final int PROBE = 16;
    private static final int TRIM = 256;

    private final ForwardSettings settings;
    private final ForwardOutput output;
    private final ForwardFigures figures;
    private final Window window = new Window();
    private final SpoolCount spool = new SpoolCount();
    private final Waiting waiting = new Waiting();
    private final Reading reading = new Reading();
    private final Pause pause;
    private Mode mode = Mode.STARTING;
    private int appending;
    private boolean full;

    /** Waits for {@link #ready}. */
    public Forwarding(ForwardSettings settings, ForwardOutput output, ForwardFigures figures) {
        this.settings = settings;
        this.output = output;
        this.figures = figures;
        this.pause = new Pause(settings);
    }

    /**
     * The spool is there.
     *
     * @param messages that an earlier process has left in it
     * @param bytes of them, about
     */
    public void ready(long messages, long bytes, long now) {
        if (mode != Mode.STARTING) {
            return;
        }
        spool.set(messages, bytes);
        if (messages == 0) {
            mode = Mode.DIRECT;
            sendWaiting(now);
        } else {
            mode = Mode.SPOOLING;
            pause.until = now;
            reading.more = true;
            spoolWaiting();
            drain(now);
        }
        show();
    }

    /** New messages, in their order. */
    public void offer(List<Entry> entries, long now) {
        figures.offered.add(entries.size());
        for (Entry entry : entries) {
            if (mode == Mode.SPOOLING && waiting.isEmpty()) {
                toSpool(entry);
            } else {
                await(entry);
            }
        }
        boolean tooMuch = waiting.bytes() > settings.waitingBytes();
        switch (mode) {
            case DIRECT -> {
                sendWaiting(now);
                if (waiting.bytes() > settings.waitingBytes()) {
                    turn(now);
                }
            }
            case TURNING -> {
                if (tooMuch) {
                    endTurn(now);
                }
            }
            case STARTING, SPOOLING, CLOSED, ABANDONED -> {
                // They wait, or are on their way to the spool.
            }
        }
        show();
    }

    private void await(Entry entry) {
        boolean dropped = !entry.isAtLeastOnce() && (waiting.bytes() > settings.waitingBytes() || mode == Mode.CLOSED);
        if (dropped || mode == Mode.ABANDONED) {
            figures.droppedFull.increment();
            output.settle(entry, true);
            return;
        }
        waiting.add(entry);
    }

    private void sendWaiting(long now) {
        List<Entry> batch = new ArrayList<>(Math.min(waiting.size(), settings.windowMessages()));
        while (!waiting.isEmpty() && hasRoom()) {
            Entry entry = waiting.next();
            toWindow(entry, now);
            batch.add(entry);
        }
        send(batch);
    }

    private boolean hasRoom() {
        return window.size() < settings.windowMessages() && window.bytes() < settings.windowBytes();
    }

    private void toWindow(Entry entry, long now) {
        if (window.isEmpty()) {
            pause.heardAt = now;
        }
        window.add(entry, now);
    }

    private void send(List<Entry> batch) {
        if (!batch.isEmpty()) {
            output.send(batch);
        }
    }

    /** The target has it. */
    public void taken(Entry entry, long now) {
        if (entry.state() != Entry.State.SENT) {
            return;
        }
        figures.sent.increment();
        if (entry.isDeadLetter()) {
            figures.deadLettered.increment();
        }
        works(now);
        window.done(entry, this::settled);
        answered(now);
    }

    private void works(long now) {
        pause.heardAt = now;
        pause.end();
        reading.probing = false;
        if (!window.hasFailed()) {
            figures.problem = "";
        }
    }

    /**
     * The target does not have it, as far as is known.
     *
     * @param lasting whether it never will
     */
    public void failed(Entry entry, boolean lasting, String reason, boolean toDeadLetters, long now) {
        if (entry.state() != Entry.State.SENT) {
            return;
        }
        if (lasting) {
            pause.heardAt = now;
            if (!entry.isDeadLetter()) {
                figures.refused.increment();
            }
            if (toDeadLetters && !entry.isDeadLetter()) {
                entry.deadLetter();
                output.send(List.of(entry));
                return;
            }
            window.done(entry, this::settled);
        } else {
            figures.problem = reason;
            window.failed(entry);
            if (mode == Mode.DIRECT) {
                turn(now);
                return;
            }
            pause.answerBy = now + settings.patienceNanos();
        }
        answered(now);
    }

    private void settled(Entry entry) {
        if (entry.stored() == null) {
            output.settle(entry, true);
        } else {
            spool.remove(entry);
            output.remove(entry);
        }
    }

    /** One more answer of the target is there. */
    private void answered(long now) {
        switch (mode) {
            case DIRECT -> sendWaiting(now);
            case TURNING -> {
                if (window.unanswered() == 0) {
                    endTurn(now);
                }
            }
            case SPOOLING -> {
                if (window.hasFailed() && window.unanswered() == 0) {
                    again(now);
                } else {
                    spoolWaiting();
                    drain(now);
                }
            }
            case STARTING, CLOSED, ABANDONED -> {
                // Nothing is sent.
            }
        }
        show();
    }

    private void turn(long now) {
        mode = Mode.TURNING;
        pause.answerBy = now + settings.patienceNanos();
        if (window.unanswered() == 0) {
            endTurn(now);
        }
        show();
    }

    /** All that the target has not taken goes to the spool, and what waits goes behind it. */
    private void endTurn(long now) {
        boolean failed = window.hasFailed() || !figures.problem.isEmpty();
        List<Entry> rest = window.clear();
        mode = Mode.SPOOLING;
        reading.cursor = new QueueCursor();
        reading.probing = failed;
        pause.until = now;
        if (failed) {
            pause.begin(now);
        }
        waiting.putBack(rest);
        spoolWaiting();
        drain(now);
    }

    private void spoolWaiting() {
        boolean room = true;
        while (room && !waiting.isEmpty()) {
            Entry entry = waiting.next();
            room = toSpool(entry);
        }
    }

    /** Whether it went there; else it waits, at the place where it was. */
    private boolean toSpool(Entry entry) {
        boolean room =
                spool.hasRoom(entry, settings.spool()) || settings.spool().dropsOldest();
        if (!entry.isAtLeastOnce() && !(room && settings.spool().qos0())) {
            figures.droppedFull.increment();
            output.settle(entry, true);
            return true;
        }
        if (!room) {
            waiting.putBack(List.of(entry));
            return false;
        }
        entry.state(Entry.State.SPOOLING);
        spool.add(entry);
        appending++;
        figures.spooled.increment();
        output.append(entry);
        trim();
        return true;
    }

    private void trim() {
        if (!reading.trimming && spool.isOver(settings.spool())) {
            reading.trimming = true;
            output.readOldest(TRIM);
        }
    }

    /** The oldest of the spool, as {@link ForwardOutput#readOldest} asked for; empty also when they cannot be read. */
    public void oldest(List<Entry> entries) {
        reading.trimming = false;
        for (Entry entry : entries) {
            if (spool.isOver(settings.spool()) && !window.holds(entry.stored())) {
                figures.droppedFull.increment();
                spool.remove(entry);
                output.remove(entry);
            }
        }
        if (!entries.isEmpty()) {
            trim();
        }
        show();
    }

    /**
     * What {@link ForwardOutput#append} was asked for.
     *
     * @param ok whether the entry is committed; else it is refused for good
     */
    public void appended(Entry entry, boolean ok, long now) {
        appending--;
        if (!ok) {
            spool.remove(entry);
        }
        entry.state(Entry.State.SETTLED);
        output.settle(entry, ok);
        reading.more = true;
        drain(now);
        show();
    }

    /** Reads on when there is room, and ends the use of the spool when it is empty. */
    private void drain(long now) {
        if (mode != Mode.SPOOLING || reading.asked || window.hasFailed()) {
            return;
        }
        if (!reading.more) {
            if (window.isEmpty() && appending == 0 && waiting.isEmpty()) {
                figures.droppedAge.add(spool.messages()); // by the store
                spool.set(0, 0);
                mode = Mode.DIRECT;
            }
            return;
        }
        int room = settings.windowMessages() - window.size();
        boolean due = now - pause.until >= 0;
        boolean probes = reading.probing && !window.isEmpty();
        if (due && !probes && hasRoom() && room >= Math.min(PAGE, settings.windowMessages()) / 2) {
            reading.asked = true;
            reading.more = false;
            boolean afterCommits = reading.afterCommits;
            reading.afterCommits = false;
            output.read(reading.cursor.copy(), afterCommits, reading.probing ? PROBE : Math.min(PAGE, room));
        }
    }

    /**
     * A page of the spool.
     *
     * @param entries oldest first
     * @param more whether there were others behind them
     * @param nowMillis wall clock, for their age
     */
    public void page(List<Entry> entries, boolean more, long now, long nowMillis) {
        reading.asked = false;
        if (reading.ignored || mode != Mode.SPOOLING) {
            reading.ignored = false;
            reading.more = true;
            drain(now);
            return;
        }
        reading.more |= more;
        List<Entry> batch = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            var stored = entry.stored();
            if (stored != null) {
                reading.cursor.advance(stored);
            }
            if (stored != null && nowMillis - stored.millis() > settings.spool().ageMillis()) {
                figures.droppedAge.increment();
                spool.remove(entry);
                output.remove(entry);
            } else {
                toWindow(entry, now);
                batch.add(entry);
            }
        }
        send(batch);
        spoolWaiting();
        drain(now);
        show();
    }

    /** The spool could not be read. */
    public void unread(long now) {
        reading.asked = false;
        reading.ignored = false;
        reading.more = true;
        pause.until = now + settings.retryNanos();
    }

    /** The target has failed: what it has not taken is read from the spool again, after a pause. */
    private void again(long now) {
        window.clear();
        reading.fromTheBeginning();
        reading.probing = true;
        figures.retries.increment();
        pause.begin(now);
    }

    /** Time has passed. */
    public void tick(long now) {
        switch (mode) {
            case DIRECT -> {
                if (isSilent(now)) {
                    turn(now);
                    endTurn(now);
                }
            }
            case TURNING -> {
                if (now - pause.answerBy >= 0) {
                    endTurn(now);
                }
            }
            case SPOOLING -> {
                boolean overdue = window.hasFailed() && now - pause.answerBy >= 0;
                if (overdue || isSilent(now)) {
                    again(now);
                }
                spoolWaiting();
                drain(now);
            }
            case STARTING, CLOSED, ABANDONED -> {
                // Nothing is due.
            }
        }
        show();
    }

    /** Whether the target has not answered for too long: the oldest, or, from the spool, any. */
    private boolean isSilent(long now) {
        if (window.isEmpty()) {
            return false;
        }
        long since = mode == Mode.DIRECT ? window.oldestSentAt() : pause.heardAt;
        boolean silent = now - since > settings.patienceNanos();
        if (silent) {
            figures.problem = "no answer within " + settings.patienceNanos() / 1_000_000 + " ms";
        }
        return silent;
    }

    /** There is another target, or another way to it: what is under way is sent by the new one. */
    public void restart(long now) {
        switch (mode) {
            case DIRECT, TURNING -> {
                figures.problem = "";
                endTurn(now);
            }
            case SPOOLING -> {
                window.clear();
                reading.fromTheBeginning();
                pause.until = now;
                drain(now);
            }
            case STARTING, CLOSED, ABANDONED -> {
                // Nothing is under way.
            }
        }
        show();
    }

    /** Sends nothing any more. What is under way goes to the spool; who waits behind a full one has no answer. */
    public void close(long now) {
        if (mode == Mode.DIRECT || mode == Mode.TURNING) {
            endTurn(now);
        }
        mode = mode == Mode.ABANDONED ? mode : Mode.CLOSED;
        window.clear();
        show();
    }

    /** As {@link #close}, for a rule that is not wanted any more: publishers do not wait for it. */
    public void abandon(long now) {
        close(now);
        mode = Mode.ABANDONED;
        while (!waiting.isEmpty()) {
            figures.droppedFull.increment();
            output.settle(waiting.next(), true);
        }
        show();
    }

    /** Whether all that was given to the spool is committed. */
    public boolean isCommitted() {
        return appending == 0;
    }

    private void show() {
        figures.direct = mode == Mode.DIRECT;
        figures.backlog = spool.messages();
        figures.backlogBytes = spool.bytes();
        boolean now = (mode == Mode.SPOOLING && !waiting.isEmpty()) || waiting.bytes() > settings.waitingBytes();
        if (now != full) {
            full = now;
            output.full(now);
        }
    }
}
