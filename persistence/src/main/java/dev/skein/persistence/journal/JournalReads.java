package dev.skein.persistence.journal;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.protocol.message.MessageId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a queue, of which a part is in the journal and the older part in the tables. The journal is looked at first:
 * what moves between the two looks stands in both, not in none.
 */
final class JournalReads {
    /** A file goes away when all of it is in the tables. */
    private static final int ATTEMPTS = 5;

    private final JournalIndex index;
    private final Damage damage;

    JournalReads(JournalIndex index, Damage damage) {
        this.index = index;
        this.damage = damage;
    }

    /** See {@link dev.skein.persistence.api.MessageStore#page}. */
    <E extends Exception> QueuePage page(
            long session, QueueCursor after, int maxMessages, int maxBytes, QueueTables<E> tables) throws E {
        QueueCursor cursor = after.copy();
        while (true) {
            Part here = here(session, cursor, maxMessages, maxBytes);
            Part there = there(cursor, maxMessages, maxBytes, here.view, tables);
            QueuePage page = merge(here, there, maxMessages, maxBytes);
            if (!page.messages().isEmpty() || !page.more()) {
                return page;
            }
            // All of it is gone or cannot be read: behind it.
            here.view.entries().forEach(entry -> cursor.advance(entry.id()));
        }
    }

    /**
     * A part of a queue, in order.
     *
     * @param horizon identity up to which the part is complete; null: to its end
     */
    private record Part(
            JournalIndex.View view,
            List<QueuedMessage> messages,
            @Nullable MessageId horizon) {}

    private Part here(long session, QueueCursor cursor, int maxMessages, int maxBytes) {
        for (int attempt = 1; ; attempt++) {
            JournalIndex.View view = index.view(session, cursor, maxMessages, maxBytes);
            try {
                List<QueuedMessage> messages = new ArrayList<>(view.entries().size());
                for (JournalIndex.Entry entry : view.entries()) {
                    QueuedMessage message = read(session, entry);
                    if (message != null) {
                        messages.add(message);
                    }
                }
                return new Part(
                        view, messages, view.more() ? view.entries().getLast().id() : null);
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private @Nullable QueuedMessage read(long session, JournalIndex.Entry entry) throws IOException {
        RecordCodec.Framed record = entry.segment().record(entry.offset(), entry.length());
        Body body = record == null ? null : body(record);
        if (body == null) {
            damage.found(entry.segment(), entry.offset(), session, entry.id().toString());
            index.lost(session, entry.id());
            return null;
        }
        int state = entry.state();
        return new QueuedMessage(
                entry.id(),
                body.topic(),
                body.content(),
                (state & QueueEntries.QOS) >> QueueEntries.QOS_SHIFT,
                (state & QueueEntries.RETAIN) != 0,
                state & QueueEntries.PACKET,
                body.origin());
    }

    /** Null when it is none, though its checksum is right. */
    private static @Nullable Body body(RecordCodec.Framed record) {
        try {
            return RecordCodec.body(record);
        } catch (IllegalStateException e) {
            return null;
        }
    }

    private static <E extends Exception> Part there(
            QueueCursor after, int maxMessages, int maxBytes, JournalIndex.View view, QueueTables<E> tables) throws E {
        QueueCursor cursor = after.copy();
        while (true) {
            QueuePage rows = tables.page(cursor, maxMessages, maxBytes);
            List<QueuedMessage> left = new ArrayList<>(rows.messages().size());
            for (QueuedMessage row : rows.messages()) {
                cursor.advance(row.id());
                if (!view.gone().contains(row.id())) {
                    left.add(sentAs(row, view.sent().get(row.id())));
                }
            }
            if (!left.isEmpty() || !rows.more()) {
                return new Part(
                        view, left, rows.more() ? rows.messages().getLast().id() : null);
            }
        }
    }

    private static QueuedMessage sentAs(QueuedMessage row, @Nullable Integer packetId) {
        return packetId == null
                ? row
                : new QueuedMessage(
                        row.id(), row.topic(), row.content(), row.qos(), row.retain(), packetId, row.origin());
    }

    private static QueuePage merge(Part here, Part there, int maxMessages, int maxBytes) {
        boolean more = here.horizon != null || there.horizon != null;
        if (there.messages.isEmpty() && there.horizon == null) {
            return new QueuePage(List.copyOf(here.messages), more);
        }
        List<QueuedMessage> all = new ArrayList<>(here.messages);
        Set<MessageId> known = new HashSet<>();
        here.view.entries().forEach(entry -> known.add(entry.id()));
        there.messages.stream().filter(row -> !known.contains(row.id())).forEach(all::add);
        all.sort(Comparator.comparing(QueuedMessage::id));
        List<QueuedMessage> page = new ArrayList<>(Math.min(all.size(), maxMessages));
        long bytes = 0;
        for (QueuedMessage message : all) {
            bytes += message.bytes();
            boolean beyond = isBeyond(message.id(), here.horizon) || isBeyond(message.id(), there.horizon);
            if (beyond || page.size() == maxMessages || (bytes > maxBytes && !page.isEmpty())) {
                return new QueuePage(List.copyOf(page), true);
            }
            page.add(message);
        }
        return new QueuePage(List.copyOf(page), more);
    }

    private static boolean isBeyond(MessageId id, @Nullable MessageId horizon) {
        return horizon != null && id.compareTo(horizon) > 0;
    }

    /** See {@link dev.skein.persistence.api.MessageStore#flowState}. */
    <E extends Exception> FlowState flowState(long session, QueueTables<E> tables) throws E {
        JournalIndex.Flow flow = index.flow(session);
        // What is known here counts as sent in the tables, too: there the look goes on as long as it meets some.
        Map<MessageId, Integer> sent = new HashMap<>(
                tables.sent(id -> flow.gone().contains(id) || flow.sent().containsKey(id)));
        sent.putAll(flow.sent());
        Map<Integer, Long> released = new HashMap<>(tables.released());
        released.putAll(flow.released());
        List<Integer> inOrder = released.entrySet().stream()
                .filter(each -> each.getValue() != Move.FREE)
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
        return new FlowState(inOrder, List.copyOf(sent.values()));
    }

    /** See {@link dev.skein.persistence.api.MessageStore#depth}. */
    <E extends Exception> long depth(long session, QueueTables<E> tables) throws E {
        JournalIndex.Flow flow = index.flow(session);
        return flow.depth() + tables.depth(flow::has);
    }
}
