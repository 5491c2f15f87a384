package dev.skein.node.trace;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.persistence.trace.TracePlace;
import dev.skein.persistence.trace.TraceQuery;
import dev.skein.persistence.trace.TraceStep;
import dev.skein.protocol.message.MessageId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every node for what it has recorded, this one without a message, and puts the answers in one order. */
public final class ClusterTraces {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterTraces.class);
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final int RELATED_MAX = 8;

    private final ActorSystem<?> system;
    private final Membership membership;
    private final Tracing here;

    /** Of the cluster that this node belongs to. */
    public ClusterTraces(ActorSystem<?> system, Membership membership, Tracing here) {
        this.system = system;
        this.membership = membership;
        this.here = here;
    }

    /**
     * Where a record stands among those of all nodes. Written {@code millis.step.position.node}.
     *
     * @param node address of the node
     */
    public record Cursor(TracePlace place, String node) implements Comparable<Cursor> {
        private static final int PARTS = 4;

        /**
         * Reads what {@link #toString} wrote.
         *
         * @throws IllegalArgumentException when it is something else
         */
        public static Cursor parse(String text) {
            String[] parts = text.split("\\.", PARTS);
            try {
                if (parts.length == PARTS) {
                    return new Cursor(
                            new TracePlace(
                                    Long.parseLong(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2])),
                            parts[3]);
                }
            } catch (NumberFormatException e) {
                // Answered below.
            }
            throw new IllegalArgumentException("after: " + text + " (expected: next of the page before)");
        }

        @Override
        public int compareTo(Cursor other) {
            int byMillis = Long.compare(place.millis(), other.place.millis());
            int byStep = byMillis != 0 ? byMillis : Integer.compare(place.step(), other.place.step());
            int byNode = byStep != 0 ? byStep : node.compareTo(other.node);
            return byNode != 0 ? byNode : Long.compare(place.position(), other.place.position());
        }

        /** The same place for another node: those of nodes behind in the alphabet come after it. */
        private TracePlace on(String other) {
            int order = other.compareTo(node);
            long position = order == 0 ? place.position() : order < 0 ? Long.MAX_VALUE : -1;
            return new TracePlace(place.millis(), place.step(), position);
        }

        @Override
        public String toString() {
            return place.millis() + "." + place.step() + "." + place.position() + "." + node;
        }
    }

    /** One record of one node. */
    public record Entry(Cursor at, TraceFound.Line line) {}

    /**
     * A page of them.
     *
     * @param next where the next one begins; null when this is the last one
     * @param unanswered addresses of nodes that have not answered: their records are missing
     * @param damaged files of which a part could not be read, with their nodes
     */
    public record Page(List<Entry> entries, @Nullable Cursor next, List<String> unanswered, List<String> damaged) {}

    /**
     * Records of all nodes. The identities of a message are as many as it has: it may have got another one when it was
     * stored.
     *
     * @param query its place counts for nothing
     * @param after where the page before ended; null: from the beginning
     */
    public CompletionStage<Page> find(TraceQuery query, @Nullable Cursor after) {
        if (query.messages().isEmpty()) {
            return page(query, after);
        }
        TraceQuery stored = new TraceQuery(
                query.instance(),
                null,
                query.messages(),
                Set.of(TraceStep.STORED),
                0,
                Long.MAX_VALUE / 2,
                null,
                RELATED_MAX,
                false);
        return ask(stored, null).thenCompose(answers -> {
            Set<MessageId> all = new LinkedHashSet<>(query.messages());
            answers.forEach(answer -> answer.lines().forEach(line -> {
                add(all, line.message());
                add(all, line.received());
            }));
            return page(with(query, List.copyOf(all), null), after);
        });
    }

    private static void add(Set<MessageId> all, @Nullable String id) {
        if (id != null && all.size() < 2 * RELATED_MAX) {
            all.add(MessageId.parse(id));
        }
    }

    private static TraceQuery with(TraceQuery query, List<MessageId> messages, @Nullable TracePlace after) {
        return new TraceQuery(
                query.instance(),
                query.clientId(),
                messages,
                query.steps(),
                query.from(),
                query.to(),
                after,
                query.limit(),
                query.newestFirst());
    }

    /** What one node answered. */
    private record Answered(String node, @Nullable TraceFound found) {
        List<TraceFound.Line> lines() {
            return found == null ? List.of() : found.lines();
        }
    }

    private CompletionStage<Page> page(TraceQuery query, @Nullable Cursor after) {
        return ask(query, after).thenApply(answers -> merge(query, answers));
    }

    private static Page merge(TraceQuery query, List<Answered> answers) {
        Comparator<Cursor> order = query.newestFirst() ? Comparator.reverseOrder() : Comparator.naturalOrder();
        List<Entry> entries = new ArrayList<>();
        List<String> unanswered = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        Cursor end = null;
        for (Answered each : answers) {
            TraceFound found = each.found();
            if (found == null) {
                unanswered.add(each.node());
                continue;
            }
            found.lines().forEach(line -> entries.add(new Entry(new Cursor(line.place(), each.node()), line)));
            found.damaged().forEach(file -> damaged.add(each.node() + ": " + file));
            TracePlace last = found.end();
            Cursor ends = last == null ? null : new Cursor(last, each.node());
            end = end == null || (ends != null && order.compare(ends, end) < 0) ? ends : end;
        }
        entries.sort(Comparator.comparing(Entry::at, order));
        Cursor next = end;
        if (next != null) {
            Cursor known = next;
            entries.removeIf(entry -> order.compare(entry.at(), known) > 0);
        }
        List<Entry> page = entries;
        if (entries.size() > query.limit()) {
            page = entries.subList(0, query.limit());
            next = page.getLast().at();
        }
        return new Page(List.copyOf(page), next, unanswered, damaged);
    }

    private CompletionStage<List<Answered>> ask(TraceQuery query, @Nullable Cursor after) {
        List<CompletableFuture<Answered>> asked = new ArrayList<>();
        String self = membership.self().address();
        asked.add(here.find(at(query, after, self))
                .thenApply(found -> answered(self, found))
                .toCompletableFuture());
        for (ClusterNode node : membership.others()) {
            TraceQuery there = at(query, after, node.address());
            asked.add(AskPattern.<TraceAsk, TraceFound>ask(
                            membership.actorOn(node, Tracing.NAME),
                            replyTo -> TraceAsk.of(there, replyTo),
                            DEADLINE,
                            system.scheduler())
                    .thenApply(found -> answered(node.address(), found))
                    .exceptionally(failure -> {
                        LOG.warn("node {} does not answer: {}", node, failure.toString());
                        return new Answered(node.address(), null);
                    })
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(_ -> asked.stream().map(CompletableFuture::resultNow).toList());
    }

    private static TraceQuery at(TraceQuery query, @Nullable Cursor after, String node) {
        return with(query, query.messages(), after == null ? null : after.on(node));
    }

    private static Answered answered(String node, TraceFound found) {
        if (found.problem().isEmpty()) {
            return new Answered(node, found);
        }
        LOG.warn("node {} cannot look into its traces: {}", node, found.problem());
        return new Answered(node, null);
    }
}
