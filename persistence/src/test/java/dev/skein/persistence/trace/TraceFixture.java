package dev.skein.persistence.trace;

import dev.skein.protocol.message.MessageId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store of traces and what was put into it. */
final class TraceFixture implements AutoCloseable {
    static final String INSTANCE = "default";
    static final long NODE = 0x0123456789ABCDEFL;
    static final Duration AGE = Duration.ofDays(3);
    static final long BEGIN = 1_764_500_000_000L;

    private final TraceSettings settings;
    private final List<TraceRecord> written = new ArrayList<>();
    private TraceStore store;

    TraceFixture(Path directory, long maxBytes) throws IOException {
        this.settings = new TraceSettings(directory, maxBytes, AGE);
        this.store = TraceStore.open(settings, NODE);
    }

    TraceStore store() {
        return store;
    }

    List<TraceRecord> written() {
        return written;
    }

    void reopen() throws IOException {
        store.close();
        store = TraceStore.open(settings, NODE);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    static MessageId id(long number) {
        return new MessageId((BEGIN + number) << 16, 7);
    }

    static TraceRecord pushed(long millis, String clientId, MessageId id) {
        return new TraceRecord(
                millis, TraceStep.PUSHED, INSTANCE, clientId, id, null, "a/" + clientId, 1, channel(9), "", "", 1);
    }

    static String channel(long connection) {
        return "%016x%016x".formatted(NODE, connection);
    }

    /** Appends the records as one batch. */
    void append(TraceRecord... records) throws IOException {
        TraceBatch batch = new TraceBatch(1 << 15);
        for (TraceRecord each : records) {
            if (!put(batch, each)) {
                store.append(batch, each.millis());
                batch.clear();
                put(batch, each);
            }
            written.add(each);
        }
        store.append(batch, records[records.length - 1].millis());
    }

    static boolean put(TraceBatch batch, TraceRecord record) {
        batch.begin(record.step(), record.millis(), record.instance(), record.clientId());
        MessageId message = record.message();
        if (message == null) {
            batch.qos(record.qos());
        } else {
            batch.message(message, record.qos());
        }
        MessageId received = record.received();
        if (received != null) {
            batch.received(received);
        }
        if (!record.channel().isEmpty()) {
            batch.channel(Long.parseUnsignedLong(record.channel().substring(16), 16));
        }
        String where = record.step().isPresence() ? record.address() : record.topic();
        if (!where.isEmpty()) {
            batch.where(where);
        }
        return batch.detail(record.detail()).count(record.count()).end();
    }

    List<TraceRecord> ofClient(String clientId) throws IOException {
        return all(query(clientId, List.of(), 100, false));
    }

    List<TraceRecord> ofMessage(MessageId... ids) throws IOException {
        return all(query(null, List.of(ids), 100, false));
    }

    static TraceQuery query(@Nullable String clientId, List<MessageId> ids, int limit, boolean newestFirst) {
        return new TraceQuery(INSTANCE, clientId, ids, Set.of(), 0, Long.MAX_VALUE / 2, null, limit, newestFirst);
    }

    /** All pages of {@code query}. */
    List<TraceRecord> all(TraceQuery query) throws IOException {
        return all(query, false);
    }

    /** All pages; {@code hurried}: each of them looks at as little as it may. */
    List<TraceRecord> all(TraceQuery query, boolean hurried) throws IOException {
        List<TraceRecord> all = new ArrayList<>();
        TraceQuery next = query;
        for (int pages = 0; ; pages++) {
            if (pages > 100_000) {
                throw new AssertionError("the pages have no end: " + next);
            }
            TracePage page = store.find(next, () -> hurried);
            page.found().forEach(each -> all.add(each.record()));
            TracePlace end = page.end();
            if (end == null) {
                return all;
            }
            next = new TraceQuery(
                    query.instance(),
                    query.clientId(),
                    query.messages(),
                    query.steps(),
                    query.from(),
                    query.to(),
                    end,
                    query.limit(),
                    query.newestFirst());
        }
    }

    Stream<TraceRecord> expected(Predicate<TraceRecord> wanted) {
        return written.stream().filter(wanted);
    }
}
