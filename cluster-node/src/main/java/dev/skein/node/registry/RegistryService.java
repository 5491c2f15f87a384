package dev.skein.node.registry;

import com.typesafe.config.Config;
import dev.skein.node.registry.RegistryReply.AuditReply;
import dev.skein.node.registry.RegistryReply.ChangeReply;
import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.RegistryReply.Rejected;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.pubsub.Topic;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/** The registry as the rest of a node sees it. Thread-safe. */
public final class RegistryService {
    /** Read side of the JDBC journal. */
    private static final String READ_JOURNAL = "jdbc-read-journal";

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SHOWN_TIMEOUT = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final ClusterSharding sharding;
    private final Map<String, InstanceView> seeds;
    private final InstanceViews views;
    private final ActorRef<InstanceViewKeeper.Command> keeper;

    private RegistryService(
            ActorSystem<?> system,
            Map<String, InstanceView> seeds,
            InstanceViews views,
            ActorRef<InstanceViewKeeper.Command> keeper) {
        this.system = system;
        this.sharding = ClusterSharding.get(system);
        this.seeds = Map.copyOf(seeds);
        this.views = views;
        this.keeper = keeper;
    }

    /**
     * Starts sharding of the registry and the copies on this node; the audit log is read through the JDBC journal.
     *
     * @param system an actor system whose cluster this node has joined, or is joining
     * @param skein the section {@code skein}
     * @return completes when this node has a copy of every instance: only then may listeners open
     * @throws com.typesafe.config.ConfigException when the configuration of an instance is wrong
     */
    public static CompletionStage<RegistryService> start(ActorSystem<?> system, Config skein) {
        return start(
                system, InstanceSeeds.from(skein), InstantSource.system(), AuditReader.ofJournal(system, READ_JOURNAL));
    }

    /** As {@link #start(ActorSystem, Config)}, with all that it looks up given. */
    public static CompletionStage<RegistryService> start(
            ActorSystem<?> system, Map<String, InstanceView> seeds, InstantSource clock, AuditReader audit) {
        ActorRef<Topic.Command<RegistryReply.Additions>> topic = system.systemActorOf(
                Topic.create(RegistryReply.Additions.class, "registry-views"), "registry-views", Props.empty());
        Registry.initSharding(system, seeds, clock, audit, added -> topic.tell(Topic.publish(added)));
        ClusterSharding sharding = ClusterSharding.get(system);
        LocalInstanceViews views = new LocalInstanceViews();
        CompletableFuture<InstanceViews> complete = new CompletableFuture<>();
        ActorRef<InstanceViewKeeper.Command> keeper = system.systemActorOf(
                InstanceViewKeeper.create(
                        seeds,
                        views,
                        topic,
                        (id, command) ->
                                sharding.entityRefFor(Registry.TYPE_KEY, id).tell(command),
                        complete,
                        clock),
                "registry-view-keeper",
                Props.empty());
        return complete.thenApply(ready -> new RegistryService(system, seeds, ready, keeper));
    }

    /** This node's copies. */
    public InstanceViews views() {
        return views;
    }

    /**
     * Asks for a change and, when it was made, waits until {@link #views()} of this node shows it.
     *
     * @param command makes the command for a reply reference, such as {@code r -> new CreateGroup(by, group, r)}
     * @return completes with {@link RegistryReply.Done} or {@link Rejected}, and never with a failure
     */
    public CompletionStage<ChangeReply> change(
            String instanceId, Function<ActorRef<ChangeReply>, RegistryCommand> command) {
        if (!seeds.containsKey(instanceId)) {
            return CompletableFuture.completedFuture(Registry.unknownInstance(instanceId));
        }
        return AskPattern.ask(registry(instanceId), command::apply, ASK_TIMEOUT, system.scheduler())
                .thenCompose(reply -> shown(instanceId, reply))
                .exceptionally(failure -> unavailable(instanceId, "whether it was changed is not known"));
    }

    /** The instance with what its registry has now; never completes with a failure. */
    public CompletionStage<ViewReply> view(String instanceId) {
        InstanceView seed = seeds.get(instanceId);
        if (seed == null) {
            return CompletableFuture.completedFuture(Registry.unknownInstance(instanceId));
        }
        return AskPattern.<RegistryCommand, RegistryReply.Additions>ask(
                        registry(instanceId),
                        replyTo -> new RegistryCommand.GetAdditions(replyTo, null),
                        ASK_TIMEOUT,
                        system.scheduler())
                .<ViewReply>thenApply(
                        added -> new ViewReply.View(added.state().over(seed), ViewReply.Configured.of(seed)))
                .exceptionally(failure -> unavailable(instanceId, "try again"));
    }

    /**
     * A page of the audit log, newest first; never completes with a failure.
     *
     * @see RegistryCommand.GetAudit
     */
    public CompletionStage<AuditReply> audit(String instanceId, long before, int limit) {
        if (!seeds.containsKey(instanceId)) {
            return CompletableFuture.completedFuture(Registry.unknownInstance(instanceId));
        }
        return AskPattern.<RegistryCommand, AuditReply>ask(
                        registry(instanceId),
                        replyTo -> new RegistryCommand.GetAudit(before, limit, replyTo),
                        ASK_TIMEOUT,
                        system.scheduler())
                .exceptionally(failure -> unavailable(instanceId, "try again"));
    }

    private RecipientRef<RegistryCommand> registry(String instanceId) {
        return sharding.entityRefFor(Registry.TYPE_KEY, instanceId);
    }

    // A copy that lags is no reason to hide that the change was made.
    private CompletionStage<ChangeReply> shown(String instanceId, ChangeReply reply) {
        return switch (reply) {
            case Rejected rejected -> CompletableFuture.completedFuture(rejected);
            case RegistryReply.Done done ->
                AskPattern.<InstanceViewKeeper.Command, Done>ask(
                                keeper,
                                replyTo -> new InstanceViewKeeper.Await(instanceId, done.version(), replyTo),
                                SHOWN_TIMEOUT,
                                system.scheduler())
                        .handle((shown, late) -> done);
        };
    }

    private static Rejected unavailable(String instanceId, String then) {
        return new Rejected(
                Code.UNAVAILABLE,
                "registry of %s: no answer within %d s; %s".formatted(instanceId, ASK_TIMEOUT.toSeconds(), then));
    }
}
