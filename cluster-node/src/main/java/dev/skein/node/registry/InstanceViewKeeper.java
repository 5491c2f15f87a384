package dev.skein.node.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.pubsub.Topic;

/**
 * Keeps one node's copies fresh: it hears of each change, and asks each registry from time to time in case it did not
 * hear.
 */
final class InstanceViewKeeper extends AbstractBehavior<InstanceViewKeeper.Command> {
    private static final Duration PULL_MISSING = Duration.ofMillis(500);
    private static final Duration PULL_ALL = Duration.ofSeconds(30);

    /** What the keeper understands; nothing of it leaves the node. */
    sealed interface Command {}

    /** Answers when this node's copy of {@code instanceId} has at least {@code version}; forgotten after a while. */
    record Await(String instanceId, long version, ActorRef<Done> replyTo) implements Command {}

    private record Changed(InstanceView view) implements Command {}

    private record Pulled(RegistryReply.ViewReply reply) implements Command {}

    private enum Tick implements Command {
        MISSING,
        ALL
    }

    private final Set<String> expected;
    private final LocalInstanceViews views;
    private final BiConsumer<String, RegistryCommand> registries;
    private final CompletableFuture<InstanceViews> complete;
    private final TimerScheduler<Command> timers;
    private final ActorRef<RegistryReply.ViewReply> pulls;
    private List<Await> waiting = new ArrayList<>();
    private List<Await> waitedLong = new ArrayList<>();

    /**
     * @param expected ids of all instances
     * @param topic where registries tell of changes
     * @param registries sends a command to the registry of an instance id
     * @param complete completed when there is a copy of each
     */
    static Behavior<Command> create(
            Set<String> expected,
            LocalInstanceViews views,
            ActorRef<Topic.Command<InstanceView>> topic,
            BiConsumer<String, RegistryCommand> registries,
            CompletableFuture<InstanceViews> complete) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            topic.tell(Topic.subscribe(context.messageAdapter(InstanceView.class, Changed::new)));
            return new InstanceViewKeeper(context, timers, expected, views, registries, complete);
        }));
    }

    private InstanceViewKeeper(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Set<String> expected,
            LocalInstanceViews views,
            BiConsumer<String, RegistryCommand> registries,
            CompletableFuture<InstanceViews> complete) {
        super(context);
        this.timers = timers;
        this.expected = Set.copyOf(expected);
        this.views = views;
        this.registries = registries;
        this.complete = complete;
        this.pulls = context.messageAdapter(RegistryReply.ViewReply.class, Pulled::new);
        expected.forEach(this::pull);
        timers.startTimerWithFixedDelay(Tick.MISSING, PULL_MISSING);
        timers.startTimerWithFixedDelay(Tick.ALL, PULL_ALL);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Changed(var view) -> take(view);
            case Pulled(var reply) -> onPulled(reply);
            case Await await -> onAwait(await);
            case Tick tick -> onTick(tick);
        }
        return this;
    }

    private void onPulled(RegistryReply.ViewReply reply) {
        switch (reply) {
            case RegistryReply.View(var view, var configured) -> take(view);
            case RegistryReply.Rejected(var code, var text) ->
                getContext().getLog().warn("A registry does not show its instance: {}", text);
        }
    }

    private void take(InstanceView view) {
        views.put(view);
        answerWaiting(view.id());
        if (!complete.isDone() && missing().isEmpty()) {
            timers.cancel(Tick.MISSING);
            complete.complete(views);
        }
    }

    private void onAwait(Await await) {
        if (reached(await)) {
            await.replyTo().tell(Done.done());
            return;
        }
        waiting.add(await);
        pull(await.instanceId());
    }

    private void onTick(Tick tick) {
        switch (tick) {
            case MISSING -> missing().forEach(this::pull);
            case ALL -> {
                waitedLong = waiting; // those before have waited for one period at least: nobody listens any more
                waiting = new ArrayList<>();
                expected.forEach(this::pull);
            }
        }
    }

    private void pull(String instanceId) {
        registries.accept(instanceId, new RegistryCommand.GetView(pulls));
    }

    private Set<String> missing() {
        Set<String> missing = new HashSet<>(expected);
        missing.removeIf(id -> views.find(id) != null);
        return missing;
    }

    private void answerWaiting(String instanceId) {
        waiting.removeIf(await -> await.instanceId().equals(instanceId) && answer(await));
        waitedLong.removeIf(await -> await.instanceId().equals(instanceId) && answer(await));
    }

    private boolean answer(Await await) {
        if (!reached(await)) {
            return false;
        }
        await.replyTo().tell(Done.done());
        return true;
    }

    private boolean reached(Await await) {
        InstanceView view = views.find(await.instanceId());
        return view != null && view.version() >= await.version();
    }
}
