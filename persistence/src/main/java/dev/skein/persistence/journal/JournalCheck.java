package dev.skein.persistence.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Reads every record of a journal that nobody uses, and changes nothing. Confined to one thread. */
public final class JournalCheck {
    private final JournalFiles files;
    private final Consumer<String> findings;
    private final Consumer<String> aside;
    private long records;

    /**
     * Reads nothing yet.
     *
     * @param findings told of each piece of damage, in words that name the file
     * @param aside told of files that were set aside before, in such words
     */
    public JournalCheck(JournalFiles files, Consumer<String> findings, Consumer<String> aside) {
        this.files = files;
        this.findings = findings;
        this.aside = aside;
    }

    /**
     * Reads all.
     *
     * @param start what the tables say
     * @return how many records are whole
     */
    public long run(Journal.Start start) throws IOException {
        TreeMap<Long, String> names = new TreeMap<>();
        for (String name : files.list()) {
            if (name.endsWith(Segment.DAMAGED)) {
                aside.accept("journal: " + files.place() + "/" + name + " was set aside before");
            }
            Segment.number(name).ifPresent(number -> names.put(number, name));
        }
        FileRange expected = start.files();
        for (long number = expected.moved() + 1; number <= expected.opened(); number++) {
            if (!names.containsKey(number)) {
                found(Segment.name(number) + " is missing");
            }
        }
        if (names.isEmpty() && expected.any()) {
            found("no *.journal");
        }
        List<Segment> segments = new ArrayList<>();
        for (Map.Entry<Long, String> each : names.entrySet()) {
            Segment segment = Segment.open(files, each.getValue(), each.getKey());
            if (segment == null) {
                found(each.getValue() + " has no header");
            } else {
                segments.add(segment);
            }
        }
        for (int i = 0; i < segments.size(); i++) {
            read(segments.get(i), i + 1 < segments.size() ? segments.get(i + 1).first() : Long.MAX_VALUE, start);
        }
        for (Segment segment : segments) {
            segment.close();
        }
        return records;
    }

    private void read(Segment segment, long limit, Journal.Start start) throws IOException {
        SegmentScan scan = new SegmentScan(
                segment, limit, (_, from, to) -> found(segment + ", bytes " + from + " to " + to + " cannot be read"));
        for (SegmentScan.Item item = scan.next(); item != null; item = scan.next()) {
            records++;
            try {
                if (RecordCodec.change(item.record()) instanceof Change.Append) {
                    RecordCodec.body(item.record());
                }
            } catch (IllegalStateException e) {
                found(segment + ", offset " + item.offset() + ": " + e.getMessage());
            }
        }
        boolean last = limit == Long.MAX_VALUE;
        if (last && scan.offset() < segment.end()) {
            found(segment + ", offset " + scan.offset() + ": the end, " + (segment.end() - scan.offset())
                    + " bytes, is no record (after a kill or a power cut: what was not acknowledged yet)");
        } else if (!last && scan.expected() < limit && limit - 1 > start.highWater()) {
            found(segment + " ends at byte " + scan.offset() + ", and records behind it are missing");
        }
    }

    private void found(String what) {
        findings.accept("journal: " + files.place() + "/" + what);
    }
}
