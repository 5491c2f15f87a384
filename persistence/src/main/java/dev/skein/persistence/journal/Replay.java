package dev.skein.persistence.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files that a process has left, at a start. */
final class Replay {
    /** A file of this name lets a start go on without files that are missing. */
    static final String LOST = "journal.lost";

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private final JournalFiles files;
    private final JournalIndex index;
    private final Damage damage;
    private final long highWater;
    private final List<Segment> segments = new ArrayList<>();
    private boolean lossAccepted;
    private long last;
    private long lastSequence;
    private long nextSegment = 1;

    /** @param highWater the last record that the tables contain */
    Replay(JournalFiles files, JournalIndex index, Damage damage, long highWater) {
        this.files = files;
        this.index = index;
        this.damage = damage;
        this.highWater = highWater;
        this.last = highWater;
    }

    /**
     * Reads everything.
     *
     * @param expected whether there have to be files
     * @throws IllegalStateException when some are missing or none of the journal's, saying what to do
     */
    void run(boolean expected) throws IOException {
        List<String> names = files.list();
        lossAccepted = names.contains(LOST);
        Map<Long, String> found = new TreeMap<>();
        for (String name : names) {
            if (Segment.isUnfinished(name)) {
                files.delete(name);
            }
            Segment.number(name).ifPresent(number -> found.put(number, name));
        }
        if (found.isEmpty() && expected) {
            missing("no *.journal in " + files.place());
        }
        for (Map.Entry<Long, String> each : found.entrySet()) {
            open(each.getValue(), each.getKey());
        }
        for (int i = 0; i < segments.size(); i++) {
            read(segments.get(i), i + 1 < segments.size() ? segments.get(i + 1) : null);
        }
        if (lossAccepted) {
            files.delete(LOST);
        }
    }

    private void open(String name, long number) throws IOException {
        Segment segment = Segment.open(files, name, number);
        boolean isFirst = segments.isEmpty();
        if (segment == null) {
            missing(files.place() + "/" + name + " has no header");
            files.rename(name, name + Segment.DAMAGED);
        } else if (segment.first() > highWater + 1 && (isFirst || number > nextSegment)) { // else the tables have it
            missing(files.place() + "/" + Segment.name(number - 1) + " is missing");
        }
        if (segment != null) {
            segments.add(segment);
        }
        nextSegment = number + 1;
    }

    private void missing(String what) {
        if (!lossAccepted) {
            throw new IllegalStateException("journal: " + what + " (expected: all files of the journal beside the"
                    + " database; restore both from one backup, or make an empty file " + files.place() + "/" + LOST
                    + " to start without the messages that it held)");
        }
        damage.found(what + "; started without it, as " + LOST + " allows");
    }

    private void read(Segment segment, @Nullable Segment next) throws IOException {
        long limit = next == null ? Long.MAX_VALUE : next.first();
        SegmentScan scan = new SegmentScan(segment, limit, damage);
        for (SegmentScan.Item item = scan.next(); item != null; item = scan.next()) {
            apply(segment, item);
        }
        if (next != null && scan.expected() < limit && limit - 1 > highWater) {
            damage.found(segment, scan.offset(), segment.end());
        } else if (next == null && scan.offset() < segment.end()) {
            LOG.info(
                    "{}/{} ends in the middle of a record, at {}: what was not acknowledged yet is cut off",
                    files.place(),
                    segment.name(),
                    scan.offset());
        }
        last = Math.max(last, segment.last);
    }

    private void apply(Segment segment, SegmentScan.Item item) {
        long number = item.record().number();
        segment.last = number;
        Change change;
        try {
            change = RecordCodec.change(item.record());
        } catch (IllegalStateException e) {
            LOG.error("{}: a record whose checksum is right is passed over", segment, e);
            damage.found(segment, item.offset(), item.offset() + item.length());
            return;
        }
        if (number > highWater) {
            index.apply(change, number, segment, Math.toIntExact(item.offset()), item.length());
        }
        switch (change) {
            case Change.Append append ->
                lastSequence = Math.max(
                        lastSequence,
                        append.sequence() + Math.max(0, append.receivers().size() - 1));
            case Change.Received received -> lastSequence = Math.max(lastSequence, received.position());
            case Change.Group _,
                    Change.Acknowledge _,
                    Change.Sent _,
                    Change.Completed _,
                    Change.Released _,
                    Change.Discard _ -> {}
        }
    }

    /** Those that there are, oldest first. */
    List<Segment> segments() {
        return segments;
    }

    /** The last record that was written. */
    long last() {
        return last;
    }

    /** The greatest sequence in the records. */
    long lastSequence() {
        return lastSequence;
    }

    /** Number of the next segment. */
    long nextSegment() {
        return nextSegment;
    }
}
