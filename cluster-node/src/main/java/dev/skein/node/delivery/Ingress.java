package dev.skein.node.delivery;

import dev.skein.node.route.Match;
import dev.skein.persistence.api.StoreCommand.OnceMark;
import dev.skein.persistence.api.StoreCommand.WillMark;
import dev.skein.persistence.api.StoredWill;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.message.Will;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * By which anything publishes that is no client of an event loop: the control API, wills, rules. What a client
 * publishes goes through the {@link LoopIngress} of its loop, as this does. Thread-safe.
 */
public final class Ingress {
    private final Delivery delivery;

    Ingress(Delivery delivery) {
        this.delivery = delivery;
    }

    /**
     * Publishes one message.
     *
     * @param topic a valid topic name
     * @param origin who publishes
     * @return completes with the message's identity when it is stored and accepted as a QoS 1 publish would be; fails
     *     when the instance is unknown, the topic wrong or the store refused it
     */
    public CompletionStage<MessageId> publish(
            String instance, String topic, Content content, int qos, boolean retain, Origin origin) {
        return publish(instance, topic, new Body(content, qos, retain, origin, null, null));
    }

    /**
     * As {@link #publish(String, String, Content, int, boolean, Origin)}, for a rule.
     *
     * @param shown the topic that the receiver is shown when {@code topic} addresses one client; null: the same
     */
    public CompletionStage<MessageId> publish(
            String instance, String topic, @Nullable String shown, Content content, int qos, Origin origin) {
        TopicName name;
        try {
            name = shown == null ? null : TopicName.of(shown);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return publish(instance, topic, new Body(content, qos, false, origin, null, name));
    }

    /**
     * Publishes a will, which must be undertaken by this node, once: however often and by whichever nodes it is tried.
     * As {@link #publish(String, String, Content, int, boolean, Origin)}.
     */
    public CompletionStage<MessageId> publish(StoredWill will) {
        WillMark mark = new WillMark(will.connectionId(), will.node());
        Will message = will.will();
        Origin origin = Origin.client(Origin.MQTT, will.key().clientId());
        Body body = new Body(content(message), message.qos(), message.retain(), origin, mark, null);
        return publish(will.key().instance(), message.topic(), body);
    }

    /** Its expiry begins when it is published. */
    private Content content(Will will) {
        if (will.expirySeconds() == 0) {
            return will.content();
        }
        return will.content().expiringAt(delivery.clock().millis() + TimeUnit.SECONDS.toMillis(will.expirySeconds()));
    }

    /**
     * Deletes the retained message of a topic, if there is one, in order with what is published on it; no subscriber
     * hears of it. Completes when it is gone from the store.
     */
    public CompletionStage<Void> clearRetained(String instance, String topic, Origin origin) {
        Instance known = delivery.instance(instance);
        if (known == null) {
            return CompletableFuture.failedFuture(unknown(instance));
        }
        LoopContext loop = delivery.loopOf(topic);
        Clearing clearing = new Clearing(loop, known, TopicName.of(topic), origin);
        loop.execute(clearing::begin);
        return clearing.done;
    }

    private static IllegalArgumentException unknown(String instance) {
        return new IllegalArgumentException("instance: " + instance + " (expected: a known one)");
    }

    /** A retained message that is being deleted. */
    private static final class Clearing extends PublishTally {
        private final LoopContext loop;
        private final Instance instance;
        private final TopicName topic;
        private final Origin origin;
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        private Clearing(LoopContext loop, Instance instance, TopicName topic, Origin origin) {
            this.loop = loop;
            this.instance = instance;
            this.topic = topic;
            this.origin = origin;
        }

        private void begin() {
            if (!loop.ingress().mustWait(this::begin)) {
                Content nothing = Content.of(new byte[0]); // [MQTT-3.3.1-10]
                loop.ingress().retained().write(loop.message(instance, topic, nothing, 0, true, origin), this);
            }
        }

        @Override
        protected void settled(boolean ok) {
            if (ok) {
                done.complete(null);
            } else {
                done.completeExceptionally(
                        new IllegalStateException("retained message: not deleted (expected: an answer of its router)"));
            }
        }
    }

    /**
     * What is published.
     *
     * @param mark lets it be published once, or is null
     * @param shown topic that the one client is shown whom it is for; null: its own
     */
    private record Body(
            Content content,
            int qos,
            boolean retain,
            Origin origin,
            @Nullable OnceMark mark,
            @Nullable TopicName shown) {}

    private CompletionStage<MessageId> publish(String instance, String topic, Body body) {
        Instance known = delivery.instance(instance);
        if (known == null) {
            return CompletableFuture.failedFuture(unknown(instance));
        }
        TopicName name;
        try {
            name = TopicName.of(topic);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        LoopContext loop = delivery.loopOf(topic);
        Publication publication = new Publication(loop, known, name, body);
        loop.execute(publication::begin);
        return publication.done;
    }

    /** One message on its way, on one loop. */
    private final class Publication extends PublishTally {
        private final LoopContext loop;
        private final Instance instance;
        private final TopicName name;
        private final Body body;
        private final long since = System.nanoTime();
        private final long until;
        private final CompletableFuture<MessageId> done = new CompletableFuture<>();
        private MessageId id = new MessageId(0, 0);

        private Publication(LoopContext loop, Instance instance, TopicName name, Body body) {
            this.loop = loop;
            this.instance = instance;
            this.name = name;
            this.body = body;
            // A will waits for no receiver: whoever comes next with its client ID waits for it.
            boolean waits = body.mark == null && body.qos > 0;
            this.until = since + (waits ? delivery.flow().patience().toNanos() : 0);
        }

        /** Waits until receivers have room, or has waited long enough. */
        private void begin() {
            boolean mayWait = delivery.held().any() && name.p2pTarget() == null && until - System.nanoTime() > 0;
            TopicRoutes routes = TopicRoutes.of(delivery, instance, name);
            Match match = mayWait ? loop.ingress().match(routes) : null;
            Obstacle obstacle = match == null ? null : loop.obstacles().find(match, routes);
            if (match == null || obstacle == null) {
                publish();
            } else {
                obstacle.await(Obstacles.isAlone(match), since, () -> loop.execute(this::begin));
            }
        }

        private void publish() {
            TopicRoutes routes = TopicRoutes.of(delivery, instance, name);
            String target = instance.p2pTarget(name);
            if (loop.ingress().mustWait(this::publish)) {
                return;
            }
            Match match = target == null ? loop.ingress().match(routes, this::publish) : null;
            if (target == null && match == null) {
                return;
            }
            boolean retain = body.retain && target == null;
            TopicName shown = target == null || body.shown == null ? name : body.shown;
            Message made = loop.message(instance, shown, body.content, body.qos, retain, body.origin);
            id = made.id();
            routes.observer().received(made);
            if (match != null) {
                loop.ingress().publish(made, routes, match, body.mark, this);
                accounted();
            } else if (target != null) {
                loop.ingress().publishToClient(made, routes, target, body.mark, this, () -> true, this::accounted);
            }
        }

        private void accounted() {
            if (isSettled()) {
                settled(true);
            }
        }

        @Override
        protected void identified(MessageId committed) {
            id = committed;
        }

        @Override
        protected void settled(boolean ok) {
            // After the end of this round: live attachments of other loops have it then.
            loop.execute(() -> {
                if (ok) {
                    done.complete(id);
                } else {
                    done.completeExceptionally(new IllegalStateException("message: not stored (expected: stored)"));
                }
            });
        }
    }
}
