package dev.skein.node.delivery;

import dev.skein.node.session.actor.SharedQueues;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.topic.SharedFilters;
import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on what a persistent session that ends has in its queue for shared subscriptions. The queue does not say by
 * which subscription a message came: one goes to other members of each shared subscription that matches its topic, and
 * not when another subscription of the session brings the topic. A QoS 2 message whose delivery has begun goes to
 * nobody else [MQTT-4.8.2-5].
 */
public final class LeftQueues implements SharedQueues {
    private static final Logger LOG = LoggerFactory.getLogger(LeftQueues.class);
    private static final int PAGE_MESSAGES = 500;
    private static final int PAGE_BYTES = 1 << 20;
    /** The client that wants its session cleaned waits for it. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final Delivery delivery;

    public LeftQueues(Delivery delivery) {
        this.delivery = delivery;
    }

    @Override
    public CompletionStage<Void> handOn(StoredSession session, List<String> filters) {
        Instance instance = delivery.instance(session.key().instance());
        return instance == null ? CompletableFuture.completedFuture(null) : new Left(instance, session, filters).next();
    }

    /** One queue on its way, a page at a time. */
    private final class Left {
        private final Instance instance;
        private final StoredSession session;
        private final List<String> groups;
        private final List<String> own;
        private final QueueCursor cursor = new QueueCursor();
        private final long since = System.nanoTime();

        private Left(Instance instance, StoredSession session, List<String> filters) {
            this.instance = instance;
            this.session = session;
            this.groups = filters.stream().filter(SharedFilters::isShared).toList();
            this.own = filters.stream()
                    .filter(each -> !SharedFilters.isShared(each))
                    .toList();
        }

        private CompletionStage<Void> next() {
            return delivery.store()
                    .page(session.id(), cursor.copy(), PAGE_MESSAGES, PAGE_BYTES)
                    .thenCompose(page -> handOn(page).thenCompose(_ -> goesOn(page) ? next() : done()));
        }

        private CompletionStage<Void> done() {
            return CompletableFuture.completedFuture(null);
        }

        private boolean goesOn(QueuePage page) {
            boolean late = System.nanoTime() - since > LONGEST_NANOS;
            if (page.more() && late) {
                LOG.warn(
                        "session {} has ended: the rest of its queue is not handed to other members of its shared"
                                + " subscriptions, as that has taken {} s (smaller queues go whole)",
                        session.key(),
                        TimeUnit.NANOSECONDS.toSeconds(LONGEST_NANOS));
            }
            return page.more() && !late;
        }

        private CompletionStage<Void> handOn(QueuePage page) {
            List<CompletableFuture<Void>> handed = new ArrayList<>();
            for (QueuedMessage each : page.messages()) {
                cursor.advance(each.id());
                boolean begun = each.qos() == 2 && each.sentPacketId() != 0;
                if (!begun && own.stream().noneMatch(filter -> TopicFilters.matches(filter, each.topic()))) {
                    groups.stream()
                            .filter(group -> TopicFilters.matches(SharedFilters.matched(group), each.topic()))
                            .forEach(group -> handed.add(handOn(each, group)));
                }
            }
            return CompletableFuture.allOf(handed.toArray(CompletableFuture[]::new));
        }

        private CompletableFuture<Void> handOn(QueuedMessage queued, String group) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            LoopContext loop = delivery.loopOf(queued.topic());
            loop.execute(() -> {
                Message message = new Message(
                                instance.id(),
                                TopicName.of(queued.topic()),
                                queued.content(),
                                queued.qos(),
                                false,
                                queued.origin(),
                                queued.id())
                        .by(group);
                loop.ingress().shared().handOn(instance, message, () -> done.complete(null));
            });
            return done;
        }
    }
}
