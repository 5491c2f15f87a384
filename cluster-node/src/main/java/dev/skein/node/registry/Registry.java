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
import org.jspecify.annotations.Nullable;

/**
 * The registry of one instance: the only writer of what is added to its configuration. Its journal is the audit log.
 *
 * <p>It runs wherever sharding puts it, during a rolling restart also on a node whose configuration is older or newer,
 * and tells of the additions alone: each node puts them over its own configuration.
 */
public final class Registry extends EventSourcedBehavior<RegistryCommand, RegistryEvent, RegistryState> {
    /** The entity id is the instance id. */
    public static final EntityTypeKey<RegistryCommand> TYPE_KEY =
            EntityTypeKey.create(RegistryCommand.class, "registry");

    private static final int SNAPSHOT_EVERY = 500;
    private static final int AUDIT_PAGE_MAX = 1000;
    private static final int REVOKED_PAGE = 1000; // some 70 bytes each, well below what a frame carries

    private final String id;
    private final @Nullable RegistryChecks checks;
    private final InstantSource clock;
    private final AuditReader audit;
    private final Consumer<RegistryReply.Additions> changed;

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
            Consumer<RegistryReply.Additions> changed) {
        ClusterSharding.get(system)
                .init(Entity.of(TYPE_KEY, context -> create(context.getEntityId(), seeds, clock, audit, changed))
                        // There are few instances, and each is asked all the time.
                        .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
    }

    /** One instance's registry; one that the configuration of this node does not name takes no changes. */
    static Behavior<RegistryCommand> create(
            String id,
            Map<String, InstanceView> seeds,
            InstantSource clock,
            AuditReader audit,
            Consumer<RegistryReply.Additions> changed) {
        InstanceView seed = seeds.get(id);
        return new Registry(id, seed == null ? null : new RegistryChecks(seed), clock, audit, changed);
    }

    private Registry(
            String id,
            @Nullable RegistryChecks checks,
            InstantSource clock,
            AuditReader audit,
            Consumer<RegistryReply.Additions> changed) {
        super(
                PersistenceId.of(TYPE_KEY.name(), id),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.1));
        this.id = id;
        this.checks = checks;
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
                .onSignal(RecoveryCompleted.class, (state, signal) -> changed.accept(additions(state)))
                .build();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2); // events stay: they are the audit log
    }

    private Effect<RegistryEvent, RegistryState> onCommand(RegistryState state, RegistryCommand command) {
        return switch (command) {
            case RegistryCommand.Change change -> onChange(state, change);
            case RegistryCommand.GetAdditions(var replyTo, var known) ->
                known != null && known == state.version()
                        ? Effect().none()
                        : Effect().none().thenRun(same -> replyTo.tell(additions(same)));
            case RegistryCommand.GetRevoked(var after, var replyTo) ->
                Effect().none().thenRun(same -> replyTo.tell(revoked(same.tokens(), after)));
            case RegistryCommand.GetAudit(var before, var limit, var replyTo) ->
                Effect().none().thenRun(same -> answerAudit(same.version(), before, limit, replyTo));
        };
    }

    private RegistryReply.RevokedPage revoked(TokenState tokens, long after) {
        List<RevokedToken> page = tokens.revokedAfter(after, REVOKED_PAGE);
        return new RegistryReply.RevokedPage(
                id,
                page,
                page.size() < REVOKED_PAGE
                        ? tokens.revokedThrough()
                        : page.getLast().at());
    }

    private RegistryReply.Additions additions(RegistryState state) {
        return new RegistryReply.Additions(id, state.withoutRevoked());
    }

    private Effect<RegistryEvent, RegistryState> onChange(RegistryState state, RegistryCommand.Change change) {
        if (checks == null) {
            return Effect().none().thenRun(() -> change.replyTo().tell(unknownInstance(id)));
        }
        Optional<Rejected> rejected = checks.check(state, change, clock.instant());
        if (rejected.isPresent()) {
            return Effect().none().thenRun(() -> change.replyTo().tell(rejected.get()));
        }
        RegistryReply.Done done = TokenChecks.already(state, change);
        if (done != null) {
            return Effect().none().thenRun(() -> change.replyTo().tell(done));
        }
        RegistryEvent event = checks.event(state, change, clock.instant());
        return Effect().persist(event).thenRun(after -> {
            changed.accept(additions(after));
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

    static Rejected unknownInstance(String id) {
        return new Rejected(
                Code.UNKNOWN_INSTANCE, FailureText.of("instance", id, "one that skein.instances configures"));
    }
}
