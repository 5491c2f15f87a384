package dev.skein.node.admission;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, in lines of one party each that take turns. Each step takes a short time however many wait. Not
 * thread-safe.
 */
public final class Lines<T> {
    private final LinkedHashSet<T> all = new LinkedHashSet<>();
    private final LinkedHashMap<Object, Line<T>> lines = new LinkedHashMap<>(); // the next to have its turn first
    private final TreeMap<Integer, LinkedHashSet<Line<T>>> byLength = new TreeMap<>();

    private static final class Line<T> {
        private final Object party;
        private final LinkedHashSet<T> waiting = new LinkedHashSet<>();

        private Line(Object party) {
            this.party = party;
        }
    }

    /** Nobody waits. */
    public Lines() {}

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** How many wait. */
    public int size() {
        return all.size();
    }

    /** How many wait in the line of {@code party}. */
    public int size(Object party) {
        Line<T> line = lines.get(party);
        return line == null ? 0 : line.waiting.size();
    }

    /** Everybody, in the order of coming. */
    SequencedSet<T> all() {
        return all;
    }

    /** To the end of its party's line. */
    public void add(Object party, T who) {
        Line<T> line = lines.computeIfAbsent(party, Line::new);
        line.waiting.add(who);
        all.add(who);
        lengthens(line, 1);
    }

    private void lengthens(Line<T> line, int by) {
        int now = line.waiting.size();
        if (now != by) { // it was there before
            LinkedHashSet<Line<T>> before = Objects.requireNonNull(byLength.get(now - by));
            before.remove(line);
            if (before.isEmpty()) {
                byLength.remove(now - by);
            }
        }
        if (now > 0) {
            byLength.computeIfAbsent(now, _ -> new LinkedHashSet<>(2)).add(line);
        }
    }

    /** The first of the line that has its turn. */
    public T removeNext() {
        Map.Entry<Object, Line<T>> next = lines.pollFirstEntry();
        T first = next.getValue().waiting.removeFirst();
        all.remove(first);
        lengthens(next.getValue(), -1);
        if (!next.getValue().waiting.isEmpty()) {
            lines.putLast(next.getKey(), next.getValue());
        }
        return first;
    }

    /** Somebody does not wait any more. */
    void remove(Object party, T who) {
        if (all.remove(who)) {
            Line<T> line = lines.get(party);
            if (line != null && line.waiting.remove(who)) {
                lengthens(line, -1);
                if (line.waiting.isEmpty()) {
                    lines.remove(party);
                }
            }
        }
    }

    /** The last of the longest line, when that stays no shorter than {@code other}; else null. */
    public @Nullable T removeLastOfLongest(int other) {
        if (byLength.isEmpty() || byLength.lastKey() - 1 < other) {
            return null;
        }
        Line<T> longest = byLength.lastEntry().getValue().getFirst();
        T last = longest.waiting.getLast();
        remove(longest.party, last);
        return last;
    }
}
