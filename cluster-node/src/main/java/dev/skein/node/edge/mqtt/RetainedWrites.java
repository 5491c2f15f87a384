package dev.skein.node.edge.mqtt;

import dev.skein.node.route.Message;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.TopicRouter;
import dev.skein.persistence.api.RetainedMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages on their way from one event loop to the routers of their topics, one of a topic at a time: a router
 * that does not answer is asked again, and what was asked first must not come after what was published later. Of those
 * that wait for their turn the latest is told, and stands for all. Confined to the event loop.
 */
final class RetainedWrites {
    private final Executor loop;
    private final Asking asking;
    private final Map<Topic, Turn> turns = new HashMap<>();

    /** Asks a router until it answers, or gives up; not again unless {@code wanted}, which is asked on the loop. */
    interface Asking {
        CompletionStage<RouterCommand.Retained> ask(
                String router,
                Function<ActorRef<RouterCommand.Retained>, RouterCommand> question,
                BooleanSupplier wanted);
    }

    private record Topic(String instance, String name) {}

    /** What waits behind the message that is underway. */
    private static final class Turn {
        private final String router;
        private @Nullable RetainedMessage latest;
        private List<PublishTally> waiting = new ArrayList<>(1);

        private Turn(String router) {
            this.router = router;
        }
    }

    RetainedWrites(Executor loop, Asking asking) {
        this.loop = loop;
        this.asking = asking;
    }

    /** Keeps {@code message} as the retained one of its topic; {@code tally} waits for it. */
    void write(Message message, PublishTally tally) {
        tally.expect();
        Topic topic = new Topic(message.instance(), message.topic().value());
        Turn before = turns.get(topic);
        Turn turn = before != null
                ? before
                : new Turn(
                        TopicRouter.entityId(message.instance(), message.topic().parent()));
        turn.latest = new RetainedMessage(message.id(), topic.name(), message.qos(), message.payload());
        turn.waiting.add(tally);
        if (before == null) {
            turns.put(topic, turn);
            next(topic, turn);
        }
    }

    private void next(Topic topic, Turn turn) {
        RetainedMessage retained = turn.latest;
        if (retained == null) {
            turns.remove(topic);
            return;
        }
        List<PublishTally> told = turn.waiting;
        turn.latest = null;
        turn.waiting = new ArrayList<>(1);
        // What a persistent session that is gone was not acknowledged it sends again, perhaps has done so elsewhere.
        BooleanSupplier wanted = () -> told.stream().anyMatch(PublishTally::isWanted);
        if (!wanted.getAsBoolean()) {
            told.forEach(tally -> tally.done(false));
            next(topic, turn);
            return;
        }
        asking.ask(turn.router, replyTo -> new RouterCommand.Retain(retained, replyTo), wanted)
                .whenComplete((answer, failure) -> loop.execute(() -> {
                    next(topic, turn);
                    boolean kept = failure == null && answer.kept();
                    told.forEach(tally -> tally.done(kept));
                }));
    }
}
