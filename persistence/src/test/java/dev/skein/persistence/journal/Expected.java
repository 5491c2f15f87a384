package dev.skein.persistence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** What a store has to have after a cut, by what it was given and what it said before. */
final class Expected {
    private record Place(long session, int number) {}

    private final Set<Place> given = new HashSet<>();
    private final Set<Place> taking = new HashSet<>();
    private final Set<Place> taken = new HashSet<>();
    private final Map<Integer, MessageId> stored = new HashMap<>();
    private final Map<Integer, Workload.Given> messages = new HashMap<>();
    private final Map<Place, Integer> sending = new HashMap<>();
    private final Map<Place, Integer> sent = new HashMap<>();
    private final Set<Workload.Freeing> released = new HashSet<>();
    private final Set<Workload.Freeing> freeing = new HashSet<>();
    private final Set<Workload.Freeing> freed = new HashSet<>();
    private final Set<InboundMark> releasing = new HashSet<>();
    private final boolean durable;

    /** @param durable whether what was acknowledged has to be there */
    Expected(List<CutFiles.Step> steps, boolean durable) {
        this.durable = durable;
        for (CutFiles.Step step : steps) {
            if (step instanceof CutFiles.Event(var what)) {
                take(what);
            }
        }
    }

    private void take(Object what) {
        switch (what) {
            case Workload.Given each -> {
                messages.put(each.number(), each);
                each.sessions().forEach(session -> given.add(new Place(session, each.number())));
            }
            case Workload.Stored(var number, var id) -> stored.put(number, id);
            case Workload.Taking each -> taking.add(new Place(each.session(), each.number()));
            case Workload.Taken(var each) -> {
                taken.add(new Place(each.session(), each.number()));
                if (each.packetId() != 0) {
                    released.add(new Workload.Freeing(each.session(), each.packetId()));
                }
            }
            case Workload.Freeing each -> freeing.add(each);
            case Workload.Freed(var each) -> freed.add(each);
            case Workload.Releasing(var mark) -> releasing.add(mark);
            case Workload.Sending each -> sending.put(new Place(each.session(), each.number()), each.packetId());
            case Workload.Sent(var each) -> sent.put(new Place(each.session(), each.number()), each.packetId());
            default -> {}
        }
    }

    /** Marks that were stored and are not to be released. */
    Map<InboundMark, MessageId> marks() {
        Map<InboundMark, MessageId> marks = new HashMap<>();
        stored.forEach((number, id) -> {
            InboundMark mark = Objects.requireNonNull(messages.get(number)).mark();
            if (mark != null && !releasing.contains(mark)) {
                marks.put(mark, id);
            }
        });
        return marks;
    }

    void check(Journal journal, MemoryTables tables, Random random) {
        for (long session : Workload.SESSIONS) {
            List<QueuedMessage> queue = drain(journal, tables, session, 1 + random.nextInt(9));
            Set<Integer> present = new HashSet<>();
            int before = 0;
            for (QueuedMessage message : queue) {
                int number = check(session, message);
                assertThat(number).as("order in session " + session).isGreaterThan(before);
                before = number;
                present.add(number);
            }
            if (durable) {
                stored.keySet().stream()
                        .map(number -> new Place(session, number))
                        .filter(place -> given.contains(place) && !taking.contains(place))
                        .forEach(place -> assertThat(present).as("acknowledged").contains(place.number()));
            }
            assertThat(journal.depth(session, tables.queue(session))).isEqualTo(queue.size());
            checkFlow(session, journal.flowState(session, tables.queue(session)), queue);
        }
    }

    private int check(long session, QueuedMessage message) {
        int number = ByteBuffer.wrap(message.payload()).getInt();
        Place place = new Place(session, number);
        assertThat(given).as("given to this session").contains(place);
        Content content = Workload.content(number);
        assertThat(message.payload()).isEqualTo(content.payload());
        assertThat(message.content().properties()).isEqualTo(content.properties());
        assertThat(message.topic()).isEqualTo(Workload.topic(number));
        assertThat(message.origin().toString()).isEqualTo("mqtt:publisher");
        if (durable) {
            assertThat(taken).as("left the queue").doesNotContain(place);
            MessageId id = stored.get(number);
            if (id != null) {
                assertThat(message.id()).isEqualTo(id);
            }
            Integer packetId = sent.get(place);
            if (packetId != null && packetId.equals(sending.get(place))) {
                assertThat(message.sentPacketId()).isEqualTo(packetId);
            }
        }
        if (!sending.containsKey(place)) {
            assertThat(message.sentPacketId()).isZero();
        }
        return number;
    }

    private void checkFlow(long session, FlowState flow, List<QueuedMessage> queue) {
        if (durable) {
            for (Workload.Freeing each : released) {
                if (each.session() == session && !freeing.contains(each)) {
                    assertThat(flow.outboundReleased()).contains(each.packetId());
                }
            }
            for (Workload.Freeing each : freed) {
                if (each.session() == session) {
                    assertThat(flow.outboundReleased()).doesNotContain(each.packetId());
                }
            }
        }
        List<Integer> sentIds = queue.stream()
                .map(QueuedMessage::sentPacketId)
                .filter(packetId -> packetId != 0)
                .toList();
        if (durable) {
            assertThat(flow.outboundSent()).containsExactlyInAnyOrderElementsOf(sentIds);
        } else { // one whose message is lost is kept from being given to another: no harm
            assertThat(flow.outboundSent()).containsAll(sentIds);
        }
    }

    static List<QueuedMessage> drain(Journal journal, MemoryTables tables, long session, int pageSize) {
        QueueCursor cursor = new QueueCursor();
        List<QueuedMessage> all = new ArrayList<>();
        while (true) {
            QueuePage page = journal.page(session, cursor, pageSize, 1 << 20, tables.queue(session));
            page.messages().forEach(message -> cursor.advance(message.id()));
            all.addAll(page.messages());
            if (!page.more()) {
                return all;
            }
        }
    }
}
