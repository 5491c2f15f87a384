package dev.skein.persistence.journal;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of a journal cannot be read: told once, counted, and shown until the process ends. Any thread. */
final class Damage implements SegmentScan.Damages {
    private static final Logger LOG = LoggerFactory.getLogger(Damage.class);

    /** Told one by one; further ones are counted. */
    private static final int LOGGED = 100;

    private final String place;
    private final Figures figures;
    private volatile String first = "";

    Damage(String place, Figures figures) {
        this.place = place;
        this.figures = figures;
    }

    @Override
    public void found(Segment segment, long from, long to) {
        segment.damaged = true;
        found(
                from < to
                        ? segment.name() + ", bytes " + from + " to " + to + " cannot be read"
                        : segment.name() + " ends at byte " + from + ", and records behind it are missing");
    }

    /** A message of a queue. */
    void found(Segment segment, long offset, long sessionId, String id) {
        segment.damaged = true;
        found(segment.name() + ", offset " + offset + ": message " + id + " of session " + sessionId
                + " cannot be read");
    }

    /** Something else, in words that begin with the file. */
    void found(String what) {
        long count = figures.damages.incrementAndGet();
        String text = "journal: " + place + "/" + what;
        if (first.isEmpty()) {
            first = text;
        }
        if (count > LOGGED) {
            return;
        }
        LOG.error(
                "{} (expected: what was written; the rest is served, and the file is kept with {} behind its name; a"
                        + " copy of it may have what is missing)",
                text,
                Segment.DAMAGED);
    }

    /** The first one; empty when there is none. */
    Optional<String> first() {
        return first.isEmpty() ? Optional.empty() : Optional.of(first);
    }
}
