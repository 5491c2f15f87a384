package dev.skein.node.registry;

import java.time.Duration;
import java.time.InstantSource;
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

    private record Revoked(RegistryReply.RevokedPage page) implements Command {}

    private enum Tick implements Command {
        PULL,
        FORGET
    }

    private final Map<String, InstanceView> seeds;
    private final LocalInstanceViews views;
    private final BiConsumer<String, RegistryCommand> registries;
    private final CompletableFuture<InstanceViews> complete;
    private final InstantSource clock;
    private final ActorRef<RegistryReply.Additions> heard;
    private final ActorRef<RegistryReply.RevokedPage> revoked;
    private List<Await> waiting = new ArrayList<>();
    private List<Await> waitedLong = new ArrayList<>();

    /**
     * @param seeds what this node's configuration says of each instance, by id
     * @param topic where registries tell of changes
     * @param registries sends a command to the registry of an instance id
     * @param complete completed when there is a copy of each
     * @param clock says which tokens are expired
     */
    static Behavior<Command> create(
            Map<String, InstanceView> seeds,
            LocalInstanceViews views,
            ActorRef<Topic.Command<RegistryReply.Additions>> topic,
            BiConsumer<String, RegistryCommand> registries,
            CompletableFuture<InstanceViews> complete,
            InstantSource clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            ActorRef<RegistryReply.Additions> heard =
                    context.messageAdapter(RegistryReply.Additions.class, Changed::new);
            topic.tell(Topic.subscribe(heard));
            timers.startTimerWithFixedDelay(Tick.PULL, PULL);
            timers.startTimerWithFixedDelay(Tick.FORGET, FORGET);
            return new InstanceViewKeeper(context, heard, seeds, views, registries, complete, clock);
        }));
    }

    private InstanceViewKeeper(
            ActorContext<Command> context,
            ActorRef<RegistryReply.Additions> heard,
            Map<String, InstanceView> seeds,
            LocalInstanceViews views,
            BiConsumer<String, RegistryCommand> registries,
            CompletableFuture<InstanceViews> complete,
            InstantSource clock) {
        super(context);
        this.heard = heard;
        this.revoked = context.messageAdapter(RegistryReply.RevokedPage.class, Revoked::new);
        this.seeds = Map.copyOf(seeds);
        this.views = views;
        this.registries = registries;
        this.complete = complete;
        this.clock = clock;
        seeds.keySet().forEach(this::pull);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Changed(var additions) -> take(additions);
            case Revoked(var page) -> take(page);
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
        askForRevoked(seed.id());
        shown(seed.id());
    }

    /** Whoever has such a token is looked at again, as the view is another one. */
    private void take(RegistryReply.RevokedPage page) {
        InstanceView held = views.find(page.instanceId());
        if (held == null) {
            return;
        }
        held.tokens().revoked().take(page.tokens(), page.through());
        views.put(held.withRevokedTokens());
        askForRevoked(page.instanceId());
        shown(page.instanceId());
    }

    private void shown(String instanceId) {
        answerWaiting(instanceId);
        if (!complete.isDone() && hasAll()) {
            complete.complete(views);
        }
    }

    private void askForRevoked(String instanceId) {
        InstanceView held = views.find(instanceId);
        if (held != null && !held.tokens().isCurrent()) {
            registries.accept(
                    instanceId, new RegistryCommand.GetRevoked(held.tokens().revokedThrough(), revoked));
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
            case PULL -> {
                seeds.keySet().forEach(this::pull);
                seeds.keySet().forEach(this::askForRevoked); // the answer may have been lost
            }
            case FORGET -> {
                waitedLong = waiting; // those before have waited for one period at least: nobody listens any more
                waiting = new ArrayList<>();
                long now = clock.millis();
                seeds.values().forEach(seed -> seed.tokens().revoked().forget(now));
            }
        }
    }

    private void pull(String instanceId) {
        InstanceView held = views.find(instanceId);
        Long known = held == null ? null : held.version();
        registries.accept(instanceId, new RegistryCommand.GetAdditions(heard, known));
    }

    private boolean hasAll() {
        return seeds.keySet().stream()
                .map(views::find)
                .allMatch(view -> view != null && view.tokens().isCurrent());
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
        return view != null
                && view.version() >= await.version()
                && view.tokens().isCurrent();
    }
}
