package dev.skein.node.registry;

import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.RegistryReply.Rejected;
import dev.skein.protocol.wire.FailureText;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/** The registry of one instance: the only writer of its resources. Its journal is the audit log. */
public final class Registry extends EventSourcedBehavior<RegistryCommand, RegistryEvent, RegistryState> {
    /** The entity id is the instance id. */
    public static final EntityTypeKey<RegistryCommand> TYPE_KEY =
            EntityTypeKey.create(RegistryCommand.class, "registry");

    private static final int SNAPSHOT_EVERY = 500;
    private static final int AUDIT_PAGE_MAX = 1000;

    private final InstanceView seed;
    private final RegistryReply.Configured configured;
    private final RegistryChecks checks;
    private final InstantSource clock;
    private final AuditReader audit;
    private final Consumer<InstanceView> changed;

    /**
     * Starts sharding of the registry on this node.
     *
     * @param seeds what the configuration says of each instance, by id
     * @param changed told of each new version; must not block
     */
    public static void initSharding(
            ActorSystem<?> system,
            Map<String, InstanceView> seeds,
            InstantSource clock,
            AuditReader audit,
            Consumer<InstanceView> changed) {
        ClusterSharding.get(system)
                .init(Entity.of(TYPE_KEY, context -> create(context.getEntityId(), seeds, clock, audit, changed))
                        // There are few instances, and each is asked all the time.
                        .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
    }

    /** One instance's registry; one that no configuration names refuses everything. */
    static Behavior<RegistryCommand> create(
            String id,
            Map<String, InstanceView> seeds,
            InstantSource clock,
            AuditReader audit,
            Consumer<InstanceView> changed) {
        InstanceView seed = seeds.get(id);
        return seed == null ? unknown(id) : new Registry(seed, clock, audit, changed);
    }

    private Registry(InstanceView seed, InstantSource clock, AuditReader audit, Consumer<InstanceView> changed) {
        super(
                PersistenceId.of(TYPE_KEY.name(), seed.id()),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.1));
        this.seed = seed;
        this.configured = configured(seed);
        this.checks = new RegistryChecks(seed);
        this.clock = clock;
        this.audit = audit;
        this.changed = changed;
    }

    @Override
    public RegistryState emptyState() {
        return RegistryState.EMPTY;
    }

    @Override
    public CommandHandler<RegistryCommand, RegistryEvent, RegistryState> commandHandler() {
        return this::onCommand;
    }

    @Override
    public EventHandler<RegistryState, RegistryEvent> eventHandler() {
        return RegistryState::apply;
    }

    @Override
    public SignalHandler<RegistryState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.class, (state, signal) -> changed.accept(state.over(seed)))
                .build();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2); // events stay: they are the audit log
    }

    private Effect<RegistryEvent, RegistryState> onCommand(RegistryState state, RegistryCommand command) {
        return switch (command) {
            case RegistryCommand.Change change -> onChange(state, change);
            case RegistryCommand.GetView(var replyTo) ->
                Effect().none().thenRun(same -> replyTo.tell(new RegistryReply.View(same.over(seed), configured)));
            case RegistryCommand.GetAudit(var before, var limit, var replyTo) ->
                Effect().none().thenRun(same -> answerAudit(same.version(), before, limit, replyTo));
        };
    }

    private Effect<RegistryEvent, RegistryState> onChange(RegistryState state, RegistryCommand.Change change) {
        Optional<Rejected> rejected = checks.check(state, change);
        if (rejected.isPresent()) {
            return Effect().none().thenRun(() -> change.replyTo().tell(rejected.get()));
        }
        RegistryEvent event = checks.event(state, change, clock.instant());
        return Effect().persist(event).thenRun(after -> {
            changed.accept(after.over(seed));
            change.replyTo().tell(new RegistryReply.Done(after.version(), event.subject()));
        });
    }

    private void answerAudit(long newest, long before, int limit, ActorRef<RegistryReply.AuditReply> replyTo) {
        if (before < 0 || limit < 1 || limit > AUDIT_PAGE_MAX) {
            replyTo.tell(new Rejected(
                    Code.INVALID,
                    "before: %d, limit: %d (expected: before >= 0, limit 1..%d)"
                            .formatted(before, limit, AUDIT_PAGE_MAX)));
            return;
        }
        long to = before == 0 ? newest : Math.min(newest, before - 1);
        if (to < 1) {
            replyTo.tell(new RegistryReply.AuditPage(List.of(), 0));
            return;
        }
        long from = Math.max(1, to - limit + 1);
        // The read runs beside the actor; nothing of the actor is touched when it ends.
        var unused = audit.read(persistenceId().id(), from, to).whenComplete((entries, failure) -> {
            if (failure != null) {
                replyTo.tell(new Rejected(Code.UNAVAILABLE, "audit log: the journal cannot be read now"));
            } else {
                replyTo.tell(new RegistryReply.AuditPage(entries.reversed(), from == 1 ? 0 : from));
            }
        });
    }

    private static RegistryReply.Configured configured(InstanceView seed) {
        return new RegistryReply.Configured(
                seed.groups().stream().sorted().toList(),
                seed.parentTopics().stream().sorted().toList(),
                seed.users().keySet().stream().sorted().toList(),
                seed.accessKeys().keySet().stream().sorted().toList(),
                seed.permissions().stream().map(PermissionRule::id).toList());
    }

    private static Behavior<RegistryCommand> unknown(String id) {
        Rejected rejected = unknownInstance(id);
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case RegistryCommand.Change change -> change.replyTo().tell(rejected);
                case RegistryCommand.GetView(var replyTo) -> replyTo.tell(rejected);
                case RegistryCommand.GetAudit(var before, var limit, var replyTo) -> replyTo.tell(rejected);
            }
            return Behaviors.same();
        });
    }

    static Rejected unknownInstance(String id) {
        return new Rejected(
                Code.UNKNOWN_INSTANCE, FailureText.of("instance", id, "one that skein.instances configures"));
    }
}
