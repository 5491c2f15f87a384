package dev.skein.node.route.actor;

import dev.skein.persistence.api.PersistentRoute;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a router: which nodes have its table open, what each was told, and which changes are in force on all of
 * them. It keeps no route: tables and changes are told as the store has them. One table or one batch of changes is read
 * at a time, so that a removal cannot be undone by an older page. Pure, and confined to its router.
 *
 * @param <R> whom to answer when a change is in force
 */
final class RouterRoutes<R> {
    private final Output<R> output;
    private final Set<Long> keepers = new HashSet<>();
    /** Nodes that have not yet said whether they have the table open. */
    private final Set<Long> unanswered = new HashSet<>();

    private final TreeMap<Long, Unapplied<R>> unapplied = new TreeMap<>();
    private @Nullable Reading reading;
    /** Filled until it is read; what comes while it is read waits. */
    private final ChangeBatch<R> changes = new ChangeBatch<>();

    private boolean readingChanges;
    private long version;
    private long oldestUnapplied;

    /** What the shell does. */
    interface Output<R> {
        /** Ask a node whether it has the table open. */
        void announce(long node);

        /** Read a page of the table; {@link #tableRead} follows. */
        void readTable(Reading of, long afterSession);

        /** Tell a page, the last one when it is empty, in as many parts as it needs. */
        void tellPage(Reading to, long version, List<PersistentRoute> routes);

        /** Call {@link #readChanges} when what has arrived by now is taken. */
        void readChangesSoon();

        /** Read these filters, by session; {@link #changesRead} follows. */
        void readChanges(Map<Long, Set<String>> wanted);

        /** Tell nodes that a session has these subscriptions. */
        void tellPresent(Set<Long> nodes, long version, List<PersistentRoute> routes);

        /** Tell nodes that a session has these subscriptions no longer. */
        void tellGone(Set<Long> nodes, long version, long session, List<String> filters);

        /** A change is in force on every node that has the table open. */
        void answer(R to);

        /** A node lags: tell it the whole table once more, when {@link #mayOpen}. */
        void openAgain(long node);
    }

    private record Unapplied<R>(Set<Long> waitingFor, R replyTo) {}

    /** A table on its way to one node, page by page. */
    static final class Reading {
        private final long node;
        private int parts;

        private Reading(long node) {
            this.node = node;
        }

        long node() {
            return node;
        }

        /** The number of the next part that is told. */
        int nextPart() {
            return parts++;
        }
    }

    RouterRoutes(Output<R> output) {
        this.output = output;
    }

    /** Asks {@code nodes} who has the table open. */
    void start(Set<Long> nodes) {
        unanswered.addAll(nodes);
        unanswered.forEach(output::announce);
    }

    /** Whether it is known who has the table open, and all of them have it. */
    boolean isReady() {
        return unanswered.isEmpty() && reading == null;
    }

    /** Whether {@link #change} may be called. */
    boolean mayChange() {
        return isReady() && !readingChanges;
    }

    /** Whether {@link #open} may be called. */
    boolean mayOpen() {
        return reading == null && changes.isEmpty();
    }

    /** Whether nobody has the table open and nothing is on its way. */
    boolean isIdle() {
        return keepers.isEmpty() && isSettled();
    }

    /** Whether no other node is waited for, so that {@link #check} has nothing to do. */
    boolean isSettled() {
        return isReady() && unapplied.isEmpty() && changes.isEmpty();
    }

    private boolean isCurrent(Reading of) {
        return of == reading;
    }

    /** To be called every second: nodes that are gone are waited for no longer; one that lags gets the whole table. */
    void check(Set<Long> members) {
        unanswered.retainAll(members);
        unanswered.forEach(output::announce);
        for (long node : List.copyOf(keepers)) {
            if (!members.contains(node)) {
                forget(node);
            }
        }
        if (reading != null && !members.contains(reading.node())) {
            reading = null;
        }
        long oldest = unapplied.isEmpty() ? 0 : unapplied.firstKey();
        if (oldest != 0 && oldest == oldestUnapplied && reading == null) {
            Objects.requireNonNull(unapplied.get(oldest)).waitingFor().forEach(output::openAgain);
        }
        oldestUnapplied = oldest;
    }

    /** A node wants the table. */
    void open(long node, boolean isMember) {
        unanswered.remove(node);
        if (isMember) {
            keepers.add(node);
            Reading begun = new Reading(node);
            reading = begun;
            output.readTable(begun, 0);
        }
    }

    /** The store has answered {@link Output#readTable}; the last page is empty. */
    void tableRead(Reading of, List<PersistentRoute> routes) {
        if (!isCurrent(of)) {
            return; // given up: its node is gone, or has closed the table
        }
        output.tellPage(of, version, routes);
        if (routes.isEmpty()) {
            reading = null;
        } else {
            output.readTable(of, routes.getLast().sessionId());
        }
    }

    /** The store did not answer {@link Output#readTable}; it is asked again. */
    void readTableAgain(Reading of, long afterSession) {
        if (isCurrent(of)) {
            output.readTable(of, afterSession);
        }
    }

    /** A node has closed the table. */
    void close(long node) {
        unanswered.remove(node);
        forget(node);
        if (reading != null && reading.node() == node) {
            reading = null;
        }
    }

    private void forget(long node) {
        keepers.remove(node);
        applied(node, Long.MAX_VALUE);
    }

    /** Something of a session has changed in the store. */
    void change(long session, List<String> filters, R replyTo) {
        if (keepers.isEmpty()) {
            output.answer(replyTo);
            return;
        }
        if (changes.isEmpty()) {
            output.readChangesSoon();
        }
        changes.add(new ChangeBatch.Change<>(session, filters, replyTo));
        if (changes.isFull()) {
            readChanges();
        }
    }

    /** Reads what has changed, once: no older reading ends after a newer. */
    void readChanges() {
        if (!readingChanges && !changes.isEmpty()) {
            readingChanges = true;
            output.readChanges(changes.wanted());
        }
    }

    /** The store does not answer {@link Output#readChanges}; it is to be asked again. */
    void readChangesAgain() {
        output.readChanges(changes.wanted());
    }

    /** The store has answered {@link Output#readChanges}. */
    void changesRead(List<PersistentRoute> stored) {
        readingChanges = false;
        changes.told(stored, this::tell);
    }

    private void tell(ChangeBatch.Change<R> change, List<PersistentRoute> present, List<String> gone) {
        if (!present.isEmpty()) {
            output.tellPresent(keepers, ++version, present);
        }
        if (!gone.isEmpty()) {
            output.tellGone(keepers, ++version, change.sessionId(), gone);
        }
        if (keepers.isEmpty() || change.filters().isEmpty()) {
            output.answer(change.replyTo());
        } else {
            unapplied.put(version, new Unapplied<>(new HashSet<>(keepers), change.replyTo()));
        }
    }

    /** Whether {@code node} is told of changes. */
    boolean tells(long node) {
        return keepers.contains(node);
    }

    /** A node has every change up to {@code upTo}. */
    void appliedBy(long node, long upTo) {
        if (keepers.contains(node)) {
            applied(node, upTo);
        } else {
            output.announce(node); // it has opened the table with pages from before it closed it
        }
    }

    private void applied(long node, long upTo) {
        for (long each : List.copyOf(unapplied.headMap(upTo, true).keySet())) {
            Unapplied<R> change = Objects.requireNonNull(unapplied.get(each));
            if (change.waitingFor().remove(node) && change.waitingFor().isEmpty()) {
                unapplied.remove(each);
                output.answer(change.replyTo());
            }
        }
    }
}
