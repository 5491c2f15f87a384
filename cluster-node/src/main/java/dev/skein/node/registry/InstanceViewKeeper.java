package dev.skein.node.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * Keeps one node's copies fresh: it hears of each change, and asks each registry all the time in case it did not hear.
 */
final class InstanceViewKeeper extends AbstractBehavior<InstanceViewKeeper.Command> {
    /** What is revoked has to be known within a second, also to a node to which the word of it was lost. */
    private static final Duration PULL = Duration.ofMillis(500);

    private static final Duration FORGET = Duration.ofSeconds(30);

    /** What the keeper understands; nothing of it leaves the node. */
    sealed interface Command {}

    /** Answers when this node's copy of {@code instanceId} has at least {@code version}; forgotten after a while. */
    record Await(String instanceId, long version, ActorRef<Done> replyTo) implements Command {}

    private record Changed(RegistryReply.Additions additions) implements Command {}

    private enum Tick implements Command {
        PULL,
        FORGET
    }

    private final Map<String, InstanceView> seeds;
    private final LocalInstanceViews views;
    private final BiConsumer<String, RegistryCommand> registries;
    private final CompletableFuture<InstanceViews> complete;
    private final ActorRef<RegistryReply.Additions> heard;
    private List<Await> waiting = new ArrayList<>();
    private List<Await> waitedLong = new ArrayList<>();

    /**
     * @param seeds what this node's configuration says of each instance, by id
     * @param topic where registries tell of changes
     * @param registries sends a command to the registry of an instance id
     * @param complete completed when there is a copy of each
     */
    static Behavior<Command> create(
            Map<String, InstanceView> seeds,
            LocalInstanceViews views,
            ActorRef<Topic.Command<RegistryReply.Additions>> topic,
            BiConsumer<String, RegistryCommand> registries,
            CompletableFuture<InstanceViews> complete) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            ActorRef<RegistryReply.Additions> heard =
                    context.messageAdapter(RegistryReply.Additions.class, Changed::new);
            topic.tell(Topic.subscribe(heard));
            return new InstanceViewKeeper(context, timers, heard, seeds, views, registries, complete);
        }));
    }

    private InstanceViewKeeper(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ActorRef<RegistryReply.Additions> heard,
            Map<String, InstanceView> seeds,
            LocalInstanceViews views,
            BiConsumer<String, RegistryCommand> registries,
            CompletableFuture<InstanceViews> complete) {
        super(context);
        this.heard = heard;
        this.seeds = Map.copyOf(seeds);
        this.views = views;
        this.registries = registries;
        this.complete = complete;
        seeds.keySet().forEach(this::pull);
        timers.startTimerWithFixedDelay(Tick.PULL, PULL);
        timers.startTimerWithFixedDelay(Tick.FORGET, FORGET);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Changed(var additions) -> take(additions);
            case Await await -> onAwait(await);
            case Tick tick -> onTick(tick);
        }
        return this;
    }

    private void take(RegistryReply.Additions additions) {
        InstanceView seed = seeds.get(additions.instanceId());
        if (seed == null) {
            return; // an instance of nodes with a newer configuration
        }
        views.put(additions.state().over(seed));
        answerWaiting(seed.id());
        if (!complete.isDone() && hasAll()) {
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
            case PULL -> seeds.keySet().forEach(this::pull);
            case FORGET -> {
                waitedLong = waiting; // those before have waited for one period at least: nobody listens any more
                waiting = new ArrayList<>();
            }
        }
    }

    private void pull(String instanceId) {
        InstanceView held = views.find(instanceId);
        Long known = held == null ? null : held.version();
        registries.accept(instanceId, new RegistryCommand.GetAdditions(heard, known));
    }

    private boolean hasAll() {
        return seeds.keySet().stream().allMatch(id -> views.find(id) != null);
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
