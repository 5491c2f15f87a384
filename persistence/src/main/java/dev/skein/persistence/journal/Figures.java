package dev.skein.persistence.journal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a journal since the start. Any thread. */
final class Figures {
    final LongAdder groups = new LongAdder();
    final LongAdder groupNanos = new LongAdder();
    final LongAdder appended = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder forces = new LongAdder();
    final LongAdder forceNanos = new LongAdder();
    final LongAdder waits = new LongAdder();
    final LongAdder moved = new LongAdder();
    /** Pieces that cannot be read. */
    final AtomicLong damages = new AtomicLong();
}
