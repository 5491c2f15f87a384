package dev.skein.persistence.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.persistence.trace.TracePage.Found;
import dev.skein.protocol.message.MessageId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One search over the segments. Batches stand nearly in the order of time: a record is older than those before it by no
 * more than the disorder that the segments tell. So the search begins near the first time that is asked for, and ends
 * when no later batch can hold what comes before that which was found. Confined to one thread.
 */
final class TraceSearch {
    /** Clocks of nodes may differ: a message is not looked for in files that ended so long before it was made. */
    private static final long SKEW_MILLIS = 3_600_000;

    private static final int READ_AT_ONCE = 1 << 15;

    private final TraceQuery query;
    private final List<TraceSegment> segments;
    private final BooleanSupplier late;
    private final byte[] instance;
    private final byte @Nullable [] clientId;
    private final long from;
    private final long to;
    private final Comparator<TracePlace> order;
    /** The best so far, the worst of them first. */
    private final PriorityQueue<Found> best;

    private final Set<String> damaged = new LinkedHashSet<>();
    private byte[] buffer = new byte[READ_AT_ONCE];

    TraceSearch(TraceQuery query, List<TraceSegment> segments, BooleanSupplier late) {
        this.query = query;
        this.segments = query.newestFirst() ? segments.reversed() : segments;
        this.late = late;
        this.instance = query.instance().getBytes(UTF_8);
        this.clientId = query.clientId() == null ? null : TraceText.utf8(query.clientId());
        this.order = query.newestFirst() ? Comparator.reverseOrder() : Comparator.naturalOrder();
        this.best = new PriorityQueue<>(Comparator.comparing(Found::place, order.reversed()));
        TracePlace after = query.after();
        long begin =
                query.messages().stream().mapToLong(MessageId::millis).min().orElse(SKEW_MILLIS) - SKEW_MILLIS;
        this.from = Math.max(
                Math.max(query.from(), begin), after == null || query.newestFirst() ? Long.MIN_VALUE : after.millis());
        this.to = after == null || !query.newestFirst() ? query.to() : Math.min(query.to(), after.millis());
    }

    TracePage run() throws IOException {
        long disorder = disorder(query.newestFirst() ? segments.reversed() : segments);
        for (TraceSegment segment : segments) {
            TraceIndex.Summary is = segment.summary();
            if (is.last() < from || is.first() > to) {
                continue;
            }
            if (isDone(query.newestFirst() ? is.last() : is.first())) {
                // Later segments may begin before this one, though not by much.
                if (isDone(query.newestFirst() ? is.last() + disorder : is.first() - disorder)) {
                    break;
                }
                continue;
            }
            Long frontier = search(segment, disorder);
            if (frontier != null) {
                return page(query.newestFirst() ? TracePlace.beginOf(frontier) : TracePlace.endOf(frontier));
            }
        }
        return page(null);
    }

    private static long disorder(List<TraceSegment> inOrder) {
        long disorder = 0;
        long latest = Long.MIN_VALUE;
        for (TraceSegment segment : inOrder) {
            TraceIndex.Summary is = segment.summary();
            if (is.records() > 0) {
                boolean first = latest == Long.MIN_VALUE;
                disorder = Math.max(disorder, Math.max(is.disorder(), first ? 0 : latest - is.first()));
                latest = Math.max(latest, is.last());
            }
        }
        return disorder;
    }

    /** Whether nothing from {@code millis} on, in the order that is asked for, is among the best. */
    private boolean isDone(long millis) {
        if (best.size() <= query.limit()) {
            return false;
        }
        long worst = best.element().place().millis();
        return query.newestFirst() ? millis < worst : millis > worst;
    }

    /** Null when it was searched; else the time up to which everything is known, since there is no more time. */
    private @Nullable Long search(TraceSegment segment, long disorder) throws IOException {
        long[] offsets = offsets(segment);
        if (offsets.length == 0) {
            return null;
        }
        try (FileChannel in = segment.read()) {
            int at = first(in, offsets, disorder);
            int step = query.newestFirst() ? -1 : 1;
            for (; at >= 0 && at < offsets.length; at += step) {
                BatchReader.Header header = read(in, offsets[at]);
                if (header == null) {
                    damaged.add(segment.name());
                    continue;
                }
                look(segment, offsets[at], header.length());
                // From here on nothing is newer, or older, than this.
                long bound = query.newestFirst() ? header.first() + disorder : header.last() - disorder;
                if (isDone(bound) || (query.newestFirst() ? bound < from : bound > to)) {
                    return null;
                }
                // An answer that is no step forward would be asked for again and again.
                boolean isFurther = query.newestFirst() ? bound + 1 < to : bound - 1 > from;
                if (isFurther && late.getAsBoolean()) {
                    return query.newestFirst() ? bound + 1 : bound - 1;
                }
            }
        } catch (NoSuchFileException e) {
            // It was too old meanwhile.
        }
        return null;
    }

    private long[] offsets(TraceSegment segment) throws IOException {
        try {
            byte[] client = clientId;
            if (client != null) {
                byte[] both = new byte[instance.length + client.length];
                System.arraycopy(instance, 0, both, 0, instance.length);
                System.arraycopy(client, 0, both, instance.length, client.length);
                long key = TraceHash.client(both, 0, instance.length, instance.length, client.length);
                return segment.find(key, damaged::add);
            }
            LongStream all = LongStream.empty();
            for (MessageId id : query.messages()) {
                all = LongStream.concat(all, LongStream.of(segment.find(TraceHash.message(id), damaged::add)));
            }
            return all.sorted().distinct().toArray();
        } catch (NoSuchFileException e) {
            return new long[0]; // it was too old meanwhile
        }
    }

    /** Where to begin: no batch that is passed over holds a record of the time that is asked for. */
    private int first(FileChannel in, long[] offsets, long disorder) throws IOException {
        int low = 0;
        int high = offsets.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            BatchReader.Header header = header(in, offsets[middle]);
            boolean before = header != null
                    && (query.newestFirst() ? header.first() <= to + disorder : header.last() < from - disorder);
            if (before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return query.newestFirst() ? low - 1 : low;
    }

    private static BatchReader.@Nullable Header header(FileChannel in, long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(TraceBatch.HEADER);
        in.read(bytes, offset);
        return BatchReader.Header.read(bytes.flip());
    }

    /** Reads a batch into the buffer; null when it is damaged. */
    private BatchReader.@Nullable Header read(FileChannel in, long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(buffer);
        in.read(bytes, offset);
        BatchReader.Header header = BatchReader.Header.read(bytes.flip());
        if (header == null) {
            return null;
        }
        if (header.length() > buffer.length) {
            buffer = new byte[header.length()];
        }
        int read = bytes.limit();
        while (read < header.length()) {
            int more = in.read(ByteBuffer.wrap(buffer, read, header.length() - read), offset + read);
            if (more < 0) {
                return null;
            }
            read += more;
        }
        return BatchReader.isWhole(buffer, header) ? header : null;
    }

    private void look(TraceSegment segment, long offset, int length) {
        BatchReader reader = new BatchReader(buffer, length);
        while (reader.next()) {
            boolean wanted = reader.millis() >= from
                    && reader.millis() <= to
                    && reader.isOf(instance)
                    && isWanted(reader)
                    && (query.steps().isEmpty() || query.steps().contains(reader.step()));
            if (!wanted) {
                continue;
            }
            TracePlace place = new TracePlace(
                    reader.millis(),
                    reader.step().code(),
                    TracePlace.position(segment.number(), offset, reader.index()));
            TracePlace after = query.after();
            if (after != null && order.compare(place, after) <= 0) {
                continue;
            }
            if (best.size() > query.limit()) {
                if (order.compare(place, best.element().place()) >= 0) {
                    continue;
                }
                best.remove();
            }
            best.add(new Found(place, reader.record()));
        }
    }

    private boolean isWanted(BatchReader reader) {
        byte[] client = clientId;
        if (client != null) {
            return reader.isAbout(client);
        }
        for (MessageId id : query.messages()) {
            if (reader.isAbout(id)) {
                return true;
            }
        }
        return false;
    }

    /** What was found up to {@code end}, or all of it. */
    private TracePage page(@Nullable TracePlace end) {
        List<Found> found = new ArrayList<>(best);
        found.sort(Comparator.comparing(Found::place, order));
        TracePlace last = end;
        if (end != null) {
            found.removeIf(each -> order.compare(each.place(), end) > 0);
        }
        if (found.size() > query.limit()) {
            found = found.subList(0, query.limit());
            last = found.getLast().place();
        }
        return new TracePage(found, last, List.copyOf(damaged));
    }
}
