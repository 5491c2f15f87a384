package dev.skein.node.rule.sink;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.node.delivery.Answers;
import dev.skein.node.delivery.Offer;
import dev.skein.node.observe.RuleObserver;
import dev.skein.node.rule.flow.Entry;
import dev.skein.node.rule.flow.ForwardFigures;
import dev.skein.node.rule.flow.ForwardOutput;
import dev.skein.node.rule.flow.ForwardSettings;
import dev.skein.node.rule.flow.Forwarding;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.Stores;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one rule on one node to a topic of a back end: the shell of {@link Forwarding} with the connector's sink
 * and the spool. Thread-safe; what it decides runs in its mailbox.
 */
public final class Target {
    private static final Logger LOG = LoggerFactory.getLogger(Target.class);
    private static final long REFUSED_LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Parts parts;
    private final String name;
    private final Mailbox mailbox;
    private final Answers answers = new Answers();
    private final ForwardFigures figures = new ForwardFigures();
    private final Forwarding forwarding;
    private final Consumer<Boolean> full;
    private final Way way = new Way();
    private @Nullable Spool spool;
    /** Why it cannot work as it is configured; empty when it can. */
    private volatile String misfit = "";

    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile RuleObserver observer = RuleObserver.NOBODY;

    /**
     * What all targets share.
     *
     * @param threads on which they run
     */
    public record Parts(Stores stores, Executor threads, ForwardSettings settings, InstantSource clock) {}

    /** Where it leads at present. Confined to the mailbox. */
    private static final class Way {
        private String topic = "";
        private String deadLetters = "";
        private @Nullable Sink sink;
        private String problem = "not opened yet";
        private String said = "";
        private long refusedSaidAt = System.nanoTime() - REFUSED_LOG_NANOS;
        private boolean closing;
    }

    /**
     * Leads nowhere yet.
     *
     * @param name for log lines, such as {@code rule out1 of instance fleet}
     * @param spoolName of its spool
     * @param full told whether publishers are to wait
     */
    public Target(Parts parts, String name, String spoolName, Consumer<Boolean> full) {
        this.parts = parts;
        this.name = name;
        this.full = full;
        this.mailbox = new Mailbox(parts.threads(), answers::flush);
        this.forwarding = new Forwarding(parts.settings(), new Output(), figures);
        open(spoolName);
    }

    /** Who hears what its target does with its messages, from now on. */
    public void observedBy(RuleObserver now) {
        observer = now;
    }

    private void observe(Entry entry, String refused) {
        RuleObserver told = observer;
        if (told != RuleObserver.NOBODY && !entry.isDeadLetter()) {
            SinkRecord record = entry.record();
            String topic = record.properties().getOrDefault(MessageRecords.TOPIC, "");
            told.answered(record.key(), topic, record.orderKey(), refused);
        }
    }

    private void open(String spoolName) {
        Spool.open(parts.stores(), spoolName, parts.clock().millis())
                .whenComplete((opened, failure) -> mailbox.execute(() -> {
                    if (opened == null) {
                        say("the spool cannot be opened: " + failure + "; it is tried again");
                        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, mailbox)
                                .execute(() -> open(spoolName));
                        return;
                    }
                    spool = opened.spool();
                    forwarding.ready(opened.messages(), opened.bytes(), System.nanoTime());
                    if (opened.messages() > 0) {
                        LOG.info("{}: {} messages of before wait in the spool", name, opened.messages());
                    }
                }));
    }

    /**
     * Leads there from now on.
     *
     * @param deadLetters topic for what the target refuses for good; empty for none
     * @param sink opens the way; what it throws is shown as the problem
     */
    public void lead(String topic, String deadLetters, Supplier<Sink> sink) {
        mailbox.execute(() -> {
            closeSink();
            way.topic = topic;
            way.deadLetters = deadLetters;
            try {
                way.sink = sink.get();
                way.problem = "";
                misfit = "";
            } catch (RuntimeException | LinkageError e) {
                way.problem = String.valueOf(e.getMessage());
                misfit = way.problem;
                LOG.warn("{} cannot work: {}; what is published waits in its spool", name, way.problem);
            }
            forwarding.restart(System.nanoTime());
        });
    }

    private void closeSink() {
        Sink before = way.sink;
        way.sink = null;
        if (before != null) {
            try {
                before.close();
            } catch (RuntimeException e) {
                LOG.warn("{}: its target did not close: {}", name, e.toString());
            }
        }
    }

    /** Takes what {@code entries} makes, in its order; it runs in the mailbox. */
    public void offer(Supplier<List<Entry>> entries) {
        mailbox.execute(() -> forwarding.offer(entries.get(), System.nanoTime()));
    }

    /** The topic that it leads to; in the mailbox. */
    public String topic() {
        return way.topic;
    }

    /** Time has passed. */
    public void tick() {
        mailbox.execute(() -> {
            forwarding.tick(System.nanoTime());
            sayProblem();
        });
    }

    private void sayProblem() {
        String problem = figures.problem();
        if (problem.isEmpty() != way.said.isEmpty()) {
            if (problem.isEmpty()) {
                LOG.info("{}: its target takes messages again; {} wait in the spool", name, figures.backlog());
            } else {
                LOG.warn(
                        "{}: its target does not take messages: {}; they wait in the spool ({} by now) and are sent"
                                + " when it does: skein rules show",
                        name,
                        problem,
                        figures.backlog());
            }
            way.said = problem;
        }
    }

    private void say(String text) {
        if (!text.equals(way.said)) {
            way.said = text;
            LOG.warn("{}: {}", name, text);
        }
    }

    /** Its figures. */
    public ForwardFigures figures() {
        return figures;
    }

    /** Why its target does not take anything at present; empty when it does. */
    public String problem() {
        return misfit.isEmpty() ? figures.problem() : misfit;
    }

    /** Whether its spool is open and empty. */
    public boolean isDrained() {
        return figures.isDirect();
    }

    /** Runs {@code task} in order with everything else. */
    public void execute(Runnable task) {
        mailbox.execute(task);
    }

    /**
     * Ends it. Completes when what was under way is in the spool.
     *
     * @param abandon whether the rule is not wanted any more: then publishers do not wait for it
     */
    public CompletionStage<Void> close(boolean abandon) {
        mailbox.execute(() -> {
            way.closing = true;
            if (abandon) {
                forwarding.abandon(System.nanoTime());
            } else {
                forwarding.close(System.nanoTime());
            }
            closeSink();
            endWhenCommitted();
        });
        return closed;
    }

    private void endWhenCommitted() {
        if (way.closing && forwarding.isCommitted()) {
            closed.complete(null);
        }
    }

    /** What {@link Forwarding} asks for. */
    private final class Output implements ForwardOutput {
        @Override
        public void send(List<Entry> entries) {
            Sink sink = way.sink;
            if (sink == null) {
                mailbox.execute(() -> failed(entries, way.problem));
                return;
            }
            List<SinkRecord> records = new ArrayList<>(entries.size());
            entries.forEach(entry -> records.add(record(entry)));
            try {
                sink.send(records, new Outcomes(entries));
            } catch (RuntimeException | LinkageError e) {
                LOG.error("{}: its connector failed", name, e);
                mailbox.execute(() -> failed(entries, "the connector failed: " + e));
            }
        }

        private SinkRecord record(Entry entry) {
            SinkRecord record = entry.record();
            return entry.isDeadLetter()
                    ? new SinkRecord(
                            way.deadLetters,
                            record.key(),
                            record.tag(),
                            record.orderKey(),
                            record.properties(),
                            record.body())
                    : record;
        }

        private void failed(List<Entry> entries, String reason) {
            long now = System.nanoTime();
            entries.forEach(entry -> forwarding.failed(entry, false, reason, false, now));
        }

        @Override
        public void append(Entry entry) {
            Spool to = spool;
            if (to == null) {
                throw new IllegalStateException("spool: not open (expected: open before anything is spooled)");
            }
            to.append(
                    RecordCodec.encode(entry),
                    id -> mailbox.execute(() -> {
                        forwarding.appended(entry, id != null, System.nanoTime());
                        endWhenCommitted();
                    }));
        }

        @Override
        public void read(QueueCursor after, boolean afterCommits, int maxMessages) {
            page(after, afterCommits, maxMessages, (entries, more) -> {
                if (entries == null) {
                    forwarding.unread(System.nanoTime());
                } else {
                    forwarding.page(
                            entries, more, System.nanoTime(), parts.clock().millis());
                }
            });
        }

        @Override
        public void readOldest(int maxMessages) {
            page(
                    new QueueCursor(),
                    true,
                    maxMessages,
                    (entries, _) -> forwarding.oldest(entries == null ? List.of() : entries));
        }

        private void page(QueueCursor after, boolean afterCommits, int maxMessages, Pages then) {
            Spool from = spool;
            if (from == null) {
                mailbox.execute(() -> then.told(null, false));
                return;
            }
            from.read(after, afterCommits, maxMessages)
                    .whenComplete((page, failure) -> mailbox.execute(() -> {
                        if (page == null) {
                            LOG.warn("{}: its spool cannot be read: {}; it is tried again", name, failure.toString());
                            then.told(null, false);
                        } else {
                            then.told(entries(from, page.messages()), page.more());
                        }
                    }));
        }

        private List<Entry> entries(Spool from, List<QueuedMessage> messages) {
            List<Entry> entries = new ArrayList<>(messages.size());
            for (QueuedMessage message : messages) {
                try {
                    entries.add(RecordCodec.decode(message.payload(), way.topic, message.id()));
                } catch (IllegalArgumentException e) {
                    LOG.error("{}: an entry of its spool is dropped: {}", name, e.getMessage());
                    from.remove(message.id());
                }
            }
            return entries;
        }

        @Override
        public void remove(Entry entry) {
            Spool from = spool;
            if (from != null) {
                from.remove(entry);
            }
        }

        @Override
        @SuppressWarnings("unchecked") // whoever offers an entry with a consumer gives one of outcomes
        public void settle(Entry entry, boolean ok) {
            switch (entry.waiter()) {
                case Offer offer -> answers.add(offer, ok);
                case Consumer<?> waiter -> ((Consumer<Boolean>) waiter).accept(ok);
                case null, default -> {
                    // Nobody waits.
                }
            }
        }

        @Override
        public void full(boolean now) {
            if (now) {
                LOG.warn(
                        "{}: its spool is full ({} messages, {} bytes): publishers at QoS 1 and 2 wait, QoS 0 is"
                                + " dropped (skein.rules.spool)",
                        name,
                        figures.backlog(),
                        figures.backlogBytes());
            }
            full.accept(now);
        }
    }

    /** A page of the spool, or null when it cannot be read. */
    private interface Pages {
        void told(@Nullable List<Entry> entries, boolean more);
    }

    /** Brings what a sink tells back into the mailbox. */
    private final class Outcomes implements Sink.Outcome {
        private final List<Entry> entries;

        private Outcomes(List<Entry> entries) {
            this.entries = entries;
        }

        @Override
        public void taken(int index) {
            mailbox.execute(() -> {
                observe(entries.get(index), "");
                forwarding.taken(entries.get(index), System.nanoTime());
            });
        }

        @Override
        public void failed(int index, boolean lasting, String reason) {
            mailbox.execute(() -> {
                Entry entry = entries.get(index);
                if (lasting) {
                    refused(entry, reason);
                    observe(entry, reason.isEmpty() ? "refused" : reason);
                }
                forwarding.failed(entry, lasting, reason, !way.deadLetters.isEmpty(), System.nanoTime());
            });
        }

        private void refused(Entry entry, String reason) {
            long now = System.nanoTime();
            if (now - way.refusedSaidAt >= REFUSED_LOG_NANOS) {
                way.refusedSaidAt = now;
                LOG.warn(
                        "{}: its target refuses message {} of {} for good: {} ({})",
                        name,
                        entry.record().key(),
                        entry.record().orderKey(),
                        reason,
                        way.deadLetters.isEmpty() ? "dropped; no dead-letter-topic is set" : way.deadLetters);
            }
        }
    }
}
