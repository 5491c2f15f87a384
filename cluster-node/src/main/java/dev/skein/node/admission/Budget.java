package dev.skein.node.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How much of one kind of work is in progress at once. What comes above waits, in a queue with a bound, and not for
 * ever. Those who ask stand in lines, one for each party, such as an address: lines take turns, and in a line the order
 * is that of coming. When the queue is full, the last of the longest line makes room for who has a shorter one. So a
 * party that asks very often keeps itself waiting, not the others.
 *
 * <p>Work that waits for somebody else, for a client or another node, may lapse: after its tenure its place goes to the
 * next, and it goes on beside. So a client that says nothing, or a node that is gone, cannot keep the others out: in
 * each tenure at least as many are admitted as the limit.
 *
 * <p>Thread-safe. No method blocks; waiters are called without a lock, on whatever thread made room.
 */
public final class Budget {
    private final int limit;
    private final int waitingMax;
    private final long tenureNanos;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final LongConsumer waits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Lines<Ticket> waiting = new Lines<>();
    private final LinkedHashSet<Ticket> lapsing = new LinkedHashSet<>();
    private int inProgress;
    private long admitted;
    private long full;
    private long overdue;

    /** What has become of who asked. */
    public enum State {
        /** Its turn comes, or {@link #OVERDUE}. */
        WAITING,
        /** It has its turn. */
        ADMITTED,
        /** The queue was full. */
        FULL,
        /** It has waited for too long. */
        OVERDUE,
        /** It is over. */
        DONE
    }

    /** Who had to wait. Any thread; exactly one of the two is called, unless the ticket is done before. */
    public interface Waiter {
        /** Its turn has come. */
        void admitted(Ticket ticket);

        /** It has waited for too long, or has lost its place to somebody of a shorter line. */
        void overdue(Ticket ticket);
    }

    /** Figures at one moment; the last three since the start. */
    public record Figures(int inProgress, int waiting, long admitted, long full, long overdue) {}

    /** One who has asked; {@link #done} must follow, whatever its state. */
    public final class Ticket {
        private final Object party;
        private final Waiter waiter;
        private long since;
        private State state = State.WAITING;
        private State entered = State.WAITING;

        private Ticket(Object party, Waiter waiter, long now) {
            this.party = party;
            this.waiter = waiter;
            this.since = now;
        }

        /**
         * What it was told when it asked: {@link State#ADMITTED}, {@link State#WAITING} or {@link State#FULL}. What is
         * told later is told to the waiter.
         */
        public State entered() {
            return entered;
        }

        /** From now on the work waits for somebody else, so that its place may be given on. */
        public void mayLapse() {
            long now = nanoTime.getAsLong();
            lock.lock();
            try {
                if (state == State.ADMITTED && lapsing.add(this)) {
                    since = now;
                }
            } finally {
                lock.unlock();
            }
        }

        /** The work is over or is not wanted any more. Again: nothing happens. */
        public void done() {
            List<Ticket> next;
            lock.lock();
            try {
                end();
                next = fill(nanoTime.getAsLong());
            } finally {
                lock.unlock();
            }
            next.forEach(each -> each.waiter.admitted(each));
        }

        private void end() {
            if (state == State.WAITING) {
                waiting.remove(party, this);
            } else if (state == State.ADMITTED) {
                lapsing.remove(this);
                inProgress--;
            }
            state = State.DONE;
        }
    }

    /**
     * @param limit in progress at once
     * @param waitingMax waiting at the most
     * @param tenure how long one that waits for others keeps its place
     * @param patience how long one may wait
     * @param nanoTime such as {@code System::nanoTime}
     * @param waits told how many nanoseconds each waited that had to and was admitted
     */
    public Budget(
            int limit, int waitingMax, Duration tenure, Duration patience, LongSupplier nanoTime, LongConsumer waits) {
        this.limit = limit;
        this.waitingMax = waitingMax;
        this.tenureNanos = tenure.toNanos();
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
        this.waits = waits;
    }

    /**
     * Asks for a turn, in one line with all that ask so.
     *
     * @param waiter called later when there is no room now, but in the queue
     */
    public Ticket enter(Waiter waiter) {
        return enter(this, waiter);
    }

    /**
     * Asks for a turn.
     *
     * @param party in whose line it waits
     * @param waiter called later when there is no room now, but in the queue
     */
    public Ticket enter(Object party, Waiter waiter) {
        Ticket ticket = new Ticket(party, waiter, nanoTime.getAsLong());
        Ticket displaced = null;
        lock.lock();
        try {
            if (inProgress < limit && waiting.isEmpty()) {
                admit(ticket);
            } else {
                displaced = waiting.size() < waitingMax ? null : waiting.removeLastOfLongest(waiting.size(party) + 1);
                if (displaced != null || waiting.size() < waitingMax) {
                    waiting.add(party, ticket);
                } else {
                    ticket.state = State.FULL;
                    full++;
                }
            }
            ticket.entered = ticket.state;
            if (displaced != null) {
                displaced.state = State.FULL;
                full++;
            }
        } finally {
            lock.unlock();
        }
        if (displaced != null) {
            displaced.waiter.overdue(displaced);
        }
        return ticket;
    }

    private void admit(Ticket ticket) {
        ticket.state = State.ADMITTED;
        inProgress++;
        admitted++;
    }

    private List<Ticket> fill(long now) {
        if (waiting.isEmpty() || inProgress >= limit) {
            return List.of();
        }
        List<Ticket> next = new ArrayList<>();
        while (inProgress < limit && !waiting.isEmpty()) {
            Ticket ticket = waiting.removeNext();
            waits.accept(now - ticket.since);
            admit(ticket);
            next.add(ticket);
        }
        return next;
    }

    /** Looks who lapses and who has waited for too long; called a few times each second. */
    public void tick() {
        long now = nanoTime.getAsLong();
        List<Ticket> late = new ArrayList<>();
        List<Ticket> next;
        lock.lock();
        try {
            for (Ticket ticket : ripe(lapsing, now, tenureNanos)) {
                ticket.end();
            }
            for (Ticket ticket : ripe(waiting.all(), now, patienceNanos)) {
                waiting.remove(ticket.party, ticket);
                ticket.state = State.OVERDUE;
                overdue++;
                late.add(ticket);
            }
            next = fill(now);
        } finally {
            lock.unlock();
        }
        next.forEach(each -> each.waiter.admitted(each));
        late.forEach(each -> each.waiter.overdue(each));
    }

    /** The oldest stand first. */
    private static List<Ticket> ripe(SequencedSet<Ticket> all, long now, long age) {
        List<Ticket> ripe = new ArrayList<>();
        Iterator<Ticket> each = all.iterator();
        while (each.hasNext()) {
            Ticket ticket = each.next();
            if (now - ticket.since < age) {
                break;
            }
            ripe.add(ticket);
        }
        return ripe;
    }

    /** Figures of now. */
    public Figures figures() {
        lock.lock();
        try {
            return new Figures(inProgress, waiting.size(), admitted, full, overdue);
        } finally {
            lock.unlock();
        }
    }
}
