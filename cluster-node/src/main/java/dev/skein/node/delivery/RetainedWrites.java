package dev.skein.node.delivery;

import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.TopicRouter;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.protocol.message.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages on their way from one event loop to the routers of their topics, one of a topic at a time: a router
 * that does not answer is asked again, and what was asked first must not come after what was published later. Of those
 * that wait for their turn the latest is told, and stands for all. Confined to the event loop.
 */
public final class RetainedWrites {
    private final Executor loop;
    private final Asking asking;
    private final Refused refused;
    private final Map<Topic, Turn> turns = new HashMap<>();
    /** Matched by this loop, and not yet committed. */
    private final Set<Underway> underway = new HashSet<>();

    private long bytes;

    /** Asks a router until it answers, or gives up; not again unless {@code wanted}, which is asked on the loop. */
    interface Asking {
        CompletionStage<RouterCommand.Retained> ask(
                String router,
                Function<ActorRef<RouterCommand.Retained>, RouterCommand> question,
                BooleanSupplier wanted);
    }

    /** Hears that a message is not kept because of a limit; everything else that its publish promises is done. */
    interface Refused {
        void refused(String instance, RetainedMessage message, String limit);
    }

    private record Topic(String instance, String name) {}

    /** One retained message from the moment when it was matched until its write is answered. */
    final class Underway {
        private final String router;
        private final int bytes;
        private List<Runnable> waiting = List.of();

        private Underway(Message message) {
            this.router = router(message);
            this.bytes = message.bytes();
        }

        private void then(Runnable task) {
            waiting = waiting.isEmpty() ? new ArrayList<>(1) : waiting;
            waiting.add(task);
        }

        /** It is answered, or given up. */
        void end() {
            if (underway.remove(this)) {
                RetainedWrites.this.bytes -= bytes;
            }
            waiting.forEach(Runnable::run);
        }
    }

    /** What waits behind the message that is underway. */
    private static final class Turn {
        private final String router;
        private @Nullable RetainedMessage latest;
        private List<Waiting> waiting = new ArrayList<>(1);

        private Turn(String router) {
            this.router = router;
        }
    }

    private record Waiting(PublishTally tally, Underway underway) {
        void done(boolean kept) {
            tally.done(kept);
            underway.end();
        }
    }

    RetainedWrites(Executor loop, Asking asking, Refused refused) {
        this.loop = loop;
        this.asking = asking;
        this.refused = refused;
    }

    private static String router(Message message) {
        return TopicRouter.entityId(message.instance(), message.topic().parent());
    }

    /** {@code message}, which is to be retained, was matched just now, and is written later; its end is told. */
    Underway matched(Message message) {
        Underway entry = new Underway(message);
        underway.add(entry);
        bytes += entry.bytes;
        return entry;
    }

    /** Bodies of all that are underway, in bytes. */
    public long bytes() {
        return bytes;
    }

    /**
     * Runs {@code then} once everything matched until now is committed or given up that {@code routers} may have to
     * answer for; at once when there is nothing. A root router answers for its whole instance.
     */
    void whenSettled(Collection<String> routers, Runnable then) {
        List<Underway> concerned =
                underway.stream().filter(each -> isOneOf(routers, each.router)).toList();
        if (concerned.isEmpty()) {
            then.run();
            return;
        }
        int[] left = {concerned.size()};
        concerned.forEach(each -> each.then(() -> {
            if (--left[0] == 0) {
                then.run();
            }
        }));
    }

    /** The root routers of the instances of {@code routers}. */
    static Set<String> roots(Collection<String> routers) {
        return routers.stream().map(TopicRouter::rootOf).collect(Collectors.toSet());
    }

    private static boolean isOneOf(Collection<String> routers, String router) {
        return routers.contains(router) || routers.contains(TopicRouter.rootOf(router));
    }

    /** Keeps {@code message} as the retained one of its topic; {@code tally} waits for it. */
    void write(Message message, PublishTally tally) {
        tally.expect();
        Topic topic = new Topic(message.instance(), message.topic().value());
        Turn before = turns.get(topic);
        Turn turn = before != null ? before : new Turn(router(message));
        turn.latest =
                new RetainedMessage(message.id(), topic.name(), message.content(), message.qos(), message.origin());
        turn.waiting.add(new Waiting(tally, matched(message)));
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
        List<Waiting> told = turn.waiting;
        turn.latest = null;
        turn.waiting = new ArrayList<>(1);
        // What a persistent session that is gone was not acknowledged it sends again, perhaps has done so elsewhere.
        BooleanSupplier wanted =
                () -> told.stream().anyMatch(each -> each.tally().isWanted());
        if (!wanted.getAsBoolean()) {
            told.forEach(each -> each.done(false));
            next(topic, turn);
            return;
        }
        asking.ask(turn.router, replyTo -> new RouterCommand.Retain(retained, replyTo), wanted)
                .whenComplete((answer, failure) -> loop.execute(() -> {
                    next(topic, turn);
                    String limit = failure == null ? answer.refused() : null;
                    boolean kept = failure == null && (answer.kept() || limit != null);
                    if (limit != null) {
                        refused.refused(topic.instance(), retained, limit);
                    }
                    told.forEach(each -> each.done(kept));
                }));
    }
}
