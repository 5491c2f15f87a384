package dev.skein.node.route;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bag of entries: one writer at a time under the trie's lock, any number of readers without one. A reader sees every
 * entry that was there before it began and was not removed since.
 */
final class EntryList<E extends TrieEntry> {
    private volatile @Nullable TrieEntry[] entries = new TrieEntry[1];
    private volatile int end;
    private int live;

    /** Adds at the end; the array is filled before its new end is seen. */
    void add(E entry) {
        int at = end;
        @Nullable TrieEntry[] array = entries;
        if (at == array.length) {
            array = Arrays.copyOf(array, Math.max(2, at + (at >> 1)));
            entries = array;
        }
        array[at] = entry;
        entry.index = at;
        live++;
        end = at + 1;
    }

    /** Takes the entry out; returns whether it was in. */
    boolean remove(TrieEntry entry) {
        int at = entry.index;
        @Nullable TrieEntry[] array = entries;
        if (at < 0 || at >= end || array[at] != entry) {
            return false;
        }
        array[at] = null;
        entry.index = -1;
        live--;
        if (live < end / 2) {
            compact();
        }
        return true;
    }

    private void compact() {
        @Nullable TrieEntry[] kept = new TrieEntry[Math.max(1, live)];
        int n = 0;
        @Nullable TrieEntry[] array = entries;
        int size = end;
        for (int i = 0; i < size; i++) {
            TrieEntry entry = array[i];
            if (entry != null) {
                entry.index = n;
                kept[n++] = entry;
            }
        }
        entries = kept;
        end = n;
    }

    boolean isEmpty() {
        return live == 0;
    }

    int size() {
        return live;
    }

    @SuppressWarnings("unchecked") // only add() writes, and it takes E
    void forEach(Consumer<? super E> action) {
        if (end == 0) { // a volatile read, before that of the array: what was added before is seen in it
            return;
        }
        for (TrieEntry entry : entries) {
            if (entry != null) {
                action.accept((E) entry);
            }
        }
    }
}
