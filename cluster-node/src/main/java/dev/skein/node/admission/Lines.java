package dev.skein.node.admission;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, in lines of one party each that take turns. Each step takes the same short time however many wait. Not
 * thread-safe.
 */
final class Lines<T> {
    private final LinkedHashSet<T> all = new LinkedHashSet<>();
    private final LinkedHashMap<Object, Line<T>> lines = new LinkedHashMap<>(); // the next to have its turn first
    private @Nullable Line<T> longest; // at least it was, when somebody joined it

    private static final class Line<T> {
        private final Object party;
        private final LinkedHashSet<T> waiting = new LinkedHashSet<>();

        private Line(Object party) {
            this.party = party;
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    int size() {
        return all.size();
    }

    /** Everybody, in the order of coming. */
    SequencedSet<T> all() {
        return all;
    }

    /** To the end of its party's line. */
    void add(Object party, T who) {
        Line<T> line = lines.computeIfAbsent(party, Line::new);
        line.waiting.add(who);
        all.add(who);
        if (longest == null || line.waiting.size() > longest.waiting.size()) {
            longest = line;
        }
    }

    /** The first of the line that has its turn. */
    T removeNext() {
        Map.Entry<Object, Line<T>> next = lines.pollFirstEntry();
        T first = next.getValue().waiting.removeFirst();
        all.remove(first);
        if (!next.getValue().waiting.isEmpty()) {
            lines.putLast(next.getKey(), next.getValue());
        }
        return first;
    }

    /** Somebody does not wait any more. */
    void remove(Object party, T who) {
        if (all.remove(who)) {
            Line<T> line = lines.get(party);
            if (line != null && line.waiting.remove(who) && line.waiting.isEmpty()) {
                lines.remove(party);
            }
        }
    }

    /** The last of the longest line, when that stays no shorter than the line of {@code party} becomes; else null. */
    @Nullable
    T removeLastOfLongest(Object party) {
        Line<T> mine = lines.get(party);
        int becomes = mine == null ? 1 : mine.waiting.size() + 1;
        if (longest == null || longest == mine || longest.waiting.size() - 1 < becomes) {
            return null;
        }
        T last = longest.waiting.getLast();
        remove(longest.party, last);
        return last;
    }
}
