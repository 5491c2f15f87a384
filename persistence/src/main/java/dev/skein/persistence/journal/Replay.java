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
     * @param expected the files that there have to be
     * @throws IllegalStateException when some are missing or none of the journal's, saying what to do
     */
    void run(FileRange expected) throws IOException {
        List<String> names = files.list();
        lossAccepted = names.contains(LOST);
        TreeMap<Long, String> found = new TreeMap<>();
        for (String name : names) {
            if (Segment.isUnfinished(name)) {
                files.delete(name);
            }
            Segment.number(name).ifPresent(number -> found.put(number, name));
        }
        List<Long> lost = new ArrayList<>();
        for (long number = expected.moved() + 1; number <= expected.opened(); number++) {
            if (!found.containsKey(number)) {
                lost.add(number);
            }
        }
        if (found.isEmpty() && (expected.any() || !lost.isEmpty())) {
            missing("no *.journal in " + files.place());
        } else if (!lost.isEmpty()) {
            missing(files.place() + "/" + Segment.name(lost.getFirst()) + " is missing"
                    + (lost.size() == 1 ? "" : ", as are " + (lost.size() - 1) + " further ones"));
        }
        nextSegment = expected.opened() + 1;
        for (Map.Entry<Long, String> each : found.entrySet()) {
            open(each.getValue(), each.getKey(), expected.opened() == 0 ? -1 : expected.moved(), lost);
        }
        replace(lost);
        for (int i = 0; i < segments.size(); i++) {
            read(segments.get(i), i + 1 < segments.size() ? segments.get(i + 1) : null);
        }
        if (lossAccepted) {
            files.delete(LOST);
        }
    }

    /** @param moved number of the last file that need not be there; -1 when nobody knows */
    private void open(String name, long number, long moved, List<Long> lost) throws IOException {
        Segment segment = Segment.open(files, name, number);
        long before = segments.isEmpty() ? moved : segments.getLast().number();
        if (segment == null) {
            missing(files.place() + "/" + name + " has no header");
            files.rename(name, name + Segment.DAMAGED);
            lost.add(number);
        } else {
            boolean gap = number != before + 1 && !lost.contains(number - 1);
            if (gap && segment.first() > highWater + 1) { // else the tables have it
                missing(files.place() + "/" + Segment.name(number - 1) + " is missing");
            }
            segments.add(segment);
        }
        nextSegment = Math.max(nextSegment, number + 1);
    }

    /** An empty file takes the place of one whose loss was accepted: a later start does not ask again. */
    private void replace(List<Long> lost) throws IOException {
        for (long number : lost) {
            Segment behind = segments.stream()
                    .filter(segment -> segment.number() > number)
                    .findFirst()
                    .orElse(null);
            long first = behind == null ? lastOf(segments) + 1 : behind.first();
            Segment empty = Segment.create(files, number, first, 0);
            segments.add(behind == null ? segments.size() : segments.indexOf(behind), empty);
        }
    }

    /** Number of the last record that can be read. */
    private long lastOf(List<Segment> left) throws IOException {
        if (left.isEmpty()) {
            return highWater;
        }
        SegmentScan scan = new SegmentScan(left.getLast(), Long.MAX_VALUE, (_, _, _) -> {});
        SegmentScan.Item item = scan.next();
        while (item != null) {
            item = scan.next();
        }
        return Math.max(highWater, scan.expected() - 1);
    }

    private void missing(String what) {
        if (!lossAccepted) {
            throw new IllegalStateException("journal: " + what + " (expected: all files of the journal beside the"
                    + " database; give a file that was renamed its name again, restore both from one backup, or make an"
                    + " empty file " + files.place() + "/" + LOST + " to start without the messages that it held)");
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
