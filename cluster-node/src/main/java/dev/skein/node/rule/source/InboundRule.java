package dev.skein.node.rule.source;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.api.SourceRecord;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.delivery.Ingress;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.rule.source.InboundFigures.Refusal;
import dev.skein.protocol.message.Origin;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes what comes from a topic of a back end below a parent topic. Thread-safe. */
public final class InboundRule implements SourceListener {
    private static final Logger LOG = LoggerFactory.getLogger(InboundRule.class);
    private static final long REFUSED_LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Parts parts;
    private final String name;
    private final String parent;
    private final Origin origin;
    private final InboundFigures figures = new InboundFigures();
    private volatile @Nullable Source source;
    private volatile @Nullable DeadLetters deadLetters;
    private volatile long refusedSaidAt = System.nanoTime() - REFUSED_LOG_NANOS;
    private volatile boolean closed;

    /**
     * What it publishes by.
     *
     * @param instance the newest view of the instance, null when there is none
     */
    public record Parts(Ingress ingress, Supplier<@Nullable InstanceView> instance, InstantSource clock) {}

    private record DeadLetters(String topic, Sink sink) {}

    /**
     * A rule that has no source yet.
     *
     * @param name for log lines
     * @param id of the rule
     * @param parent first level of all topics that it publishes to
     */
    public InboundRule(Parts parts, String name, String id, String parent) {
        this.parts = parts;
        this.name = name;
        this.parent = parent;
        this.origin = Origin.client(Origin.RULE, id);
    }

    /**
     * Begins to take messages.
     *
     * @param begin opens the source; what it throws is shown as the problem
     * @param deadLetterTopic empty for none
     * @param sink opens the way there
     */
    public void start(Supplier<Source> begin, String deadLetterTopic, Supplier<Sink> sink) {
        try {
            if (!deadLetterTopic.isEmpty()) {
                deadLetters = new DeadLetters(deadLetterTopic, sink.get());
            }
            source = begin.get();
        } catch (RuntimeException | LinkageError e) {
            problem(Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** Its figures. */
    public InboundFigures figures() {
        return figures;
    }

    /** Takes nothing for as long as publishers are held back. */
    public void pause(boolean pause) {
        Source from = source;
        if (from == null || pause == figures.paused) {
            return;
        }
        figures.paused = pause;
        if (pause) {
            LOG.warn("{} takes nothing while the node holds publishers back (memory, disk or store)", name);
            from.pause();
        } else {
            LOG.info("{} goes on", name);
            from.resume();
        }
    }

    /** Ends it; what was not settled comes again, here or at another node. */
    public void close() {
        closed = true;
        Source from = source;
        DeadLetters dead = deadLetters;
        source = null;
        deadLetters = null;
        try {
            if (from != null) {
                from.close();
            }
            if (dead != null) {
                dead.sink().close();
            }
        } catch (RuntimeException e) {
            LOG.warn("{}: its source did not close: {}", name, e.toString());
        }
    }

    @Override
    public void problem(Optional<String> reason) {
        String text = reason.orElse("");
        if (text.equals(figures.problem)) {
            return;
        }
        figures.problem = text;
        if (text.isEmpty()) {
            LOG.info("{} gets messages of its source", name);
        } else {
            LOG.warn("{} gets no messages: {}; it is tried again: skein rules show", name, text);
        }
    }

    @Override
    public void received(SourceRecord message, Acknowledgement acknowledgement) {
        figures.received.increment();
        InstanceView view = parts.instance().get();
        if (closed || view == null) {
            later(acknowledgement);
            return;
        }
        InboundMessage made;
        try {
            made = InboundMessage.of(message, parent, parts.clock().millis());
        } catch (IllegalArgumentException e) {
            refuse(message, Refusal.PROPERTY, String.valueOf(e.getMessage()), acknowledgement);
            return;
        }
        TopicRules.Violation broken =
                TopicRules.publish(view, made.topic(), made.content().payload().length);
        if (broken == null) {
            broken = TopicRules.properties(view, made.content());
        }
        if (broken != null) {
            refuse(message, reason(broken), broken.detail(), acknowledgement);
            return;
        }
        parts.ingress()
                .publish(view.id(), made.topic(), made.shown(), made.content(), made.qos(), origin)
                .whenComplete((_, failure) -> {
                    if (failure == null) {
                        figures.published.increment();
                        acknowledgement.done();
                    } else if (unwrapped(failure) instanceof IllegalArgumentException wrong) {
                        refuse(message, Refusal.TOPIC, String.valueOf(wrong.getMessage()), acknowledgement);
                    } else {
                        later(acknowledgement);
                    }
                });
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static Refusal reason(TopicRules.Violation broken) {
        return switch (broken.kind()) {
            case BODY_TOO_LARGE -> Refusal.BODY;
            case PROPERTIES_TOO_LARGE -> Refusal.PROPERTY;
            default -> Refusal.TOPIC;
        };
    }

    private void later(Acknowledgement acknowledgement) {
        figures.later.increment();
        acknowledgement.later();
    }

    /** It can never be published: it is put aside, and does not hold up what follows. */
    private void refuse(SourceRecord message, Refusal why, String detail, Acknowledgement acknowledgement) {
        figures.refused(why);
        DeadLetters dead = deadLetters;
        long now = System.nanoTime();
        if (now - refusedSaidAt >= REFUSED_LOG_NANOS) {
            refusedSaidAt = now;
            LOG.warn(
                    "{}: message {} of topic {} cannot be published: {} ({})",
                    name,
                    message.id(),
                    message.topic(),
                    detail,
                    dead == null ? "dropped; no dead-letter-topic is set" : "to " + dead.topic());
        }
        if (dead == null) {
            acknowledgement.done();
            return;
        }
        Map<String, String> properties = new LinkedHashMap<>(message.properties());
        properties.put("skeinReason", detail);
        SinkRecord record = new SinkRecord(
                dead.topic(),
                message.key().isEmpty() ? message.id() : message.key(),
                message.tag(),
                message.topic(),
                properties,
                message.body());
        dead.sink().send(List.of(record), new PutAside(acknowledgement));
    }

    /** What became of a dead letter. */
    private final class PutAside implements Sink.Outcome {
        private final Acknowledgement acknowledgement;

        private PutAside(Acknowledgement acknowledgement) {
            this.acknowledgement = acknowledgement;
        }

        @Override
        public void taken(int index) {
            figures.deadLettered.increment();
            acknowledgement.done();
        }

        @Override
        public void failed(int index, boolean lasting, String reason) {
            if (lasting) {
                LOG.warn("{}: a dead letter is refused for good and dropped: {}", name, reason);
                acknowledgement.done();
            } else {
                later(acknowledgement);
            }
        }
    }
}
