package dev.skein.persistence.journal;

import java.time.Duration;
import java.util.Random;

/** Short words for what tests do with journals in memory. */
final class Journals {
    private Journals() {}

    /** Small bounds, so that a short test meets all of them. */
    static JournalSettings settings(boolean disk) {
        return new JournalSettings(disk, 20, 4_000, 1 << 20, 1 << 20, Duration.ofDays(1));
    }

    static Journal open(CutFiles files, MemoryTables tables, boolean disk) {
        return Journal.open(
                files, settings(disk), tables, counter(), tables.state().start(), salts());
    }

    /** Sequences from 1 on. */
    static Sequences counter() {
        return new Counter();
    }

    /** The same ones each time. */
    static Random salts() {
        return new Random(1);
    }

    /** Tables that have the sessions of the {@link Workload} and nothing else. */
    static MemoryTables.State empty() {
        MemoryTables.State state = new MemoryTables.State();
        state.sessions.addAll(Workload.SESSIONS);
        return state;
    }

    /** Sequences from 1 on. */
    private static final class Counter implements Sequences {
        private long last;

        @Override
        public synchronized long take(int count) {
            long first = last + 1;
            last += count;
            return first;
        }

        @Override
        public synchronized long last() {
            return last;
        }

        @Override
        public synchronized void passOver(long sequence) {
            last = Math.max(last, sequence);
        }
    }
}
