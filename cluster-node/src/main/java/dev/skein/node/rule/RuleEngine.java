package dev.skein.node.rule;

import dev.skein.node.cluster.Membership;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.Outlet;
import dev.skein.node.delivery.Outlets;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.RuleDefinition;
import dev.skein.node.rule.connect.Connectors;
import dev.skein.node.rule.sink.Mailbox;
import dev.skein.node.rule.sink.OutboundRule;
import dev.skein.node.rule.sink.Target;
import dev.skein.node.rule.source.InboundRule;
import dev.skein.node.rule.status.PresenceNotices;
import dev.skein.node.rule.status.StatusRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rules of this node in step with the registry: starts, changes and ends them, and gives outlets and notices
 * to the message plane. Thread-safe; what it decides runs in its mailbox.
 */
public final class RuleEngine {
    private static final Logger LOG = LoggerFactory.getLogger(RuleEngine.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int TICKS_A_LOOK = 50;

    private final Parts parts;
    private final Target.Parts targets;
    private final Mailbox mailbox;
    private final Map<RuleKey, RunningRule> running = new ConcurrentHashMap<>();
    /** Rules that end: one that has the same name begins afterwards. */
    private final Map<RuleKey, CompletionStage<Void>> ending = new HashMap<>();

    private final LeftSpools left;
    private final IdleTargets idle;
    private @Nullable Cancellable ticks;
    private int ticksLeft;
    private boolean closed;

    /**
     * What rules stand on.
     *
     * @param node stable name of this node, by which its spools are found after a restart
     * @param heldBack whether the node has too little of something to take messages of sources
     */
    public record Parts(
            Delivery delivery,
            InstanceViews views,
            Membership membership,
            Connectors connectors,
            Target.Parts targets,
            PresenceNotices notices,
            NodeMetrics metrics,
            String node,
            BooleanSupplier heldBack) {}

    /** With rules that do not run yet. */
    public RuleEngine(Parts parts) {
        this.parts = parts;
        this.targets = parts.targets();
        this.mailbox = new Mailbox(targets.threads(), () -> {});
        this.left = new LeftSpools(parts, mailbox, running);
        this.idle = new IdleTargets(parts.connectors(), targets.threads(), mailbox, System.nanoTime());
    }

    /** Starts the rules that the registry knows, and follows it. */
    public void start(ActorSystem<?> system) {
        parts.views().onChange(view -> mailbox.execute(() -> update(view.id())));
        parts.views().all().forEach(view -> mailbox.execute(() -> update(view.id())));
        parts.membership().listen(new Membership.Listener() {
            @Override
            public void left(Membership.ClusterNode node) {
                mailbox.execute(left::look);
            }
        });
        ticks = system.scheduler()
                .scheduleWithFixedDelay(TICK, TICK, () -> mailbox.execute(this::tick), system.executionContext());
    }

    /** How a rule does on this node; any thread. */
    public RuleState state(String instance, String id) {
        RuleKey key = new RuleKey(instance, id);
        RunningRule rule = running.get(key);
        return rule == null ? RuleState.DISABLED : idle.shown(key, rule.state());
    }

    /** What is wrong with rules of this node at present, one line for each. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        running.forEach((key, rule) -> {
            RuleState state = idle.shown(key, rule.state());
            if (state.isFailing()) {
                problems.add(key + ": " + state.problem() + "; " + state.backlog() + " messages wait");
            }
        });
        problems.sort(Comparator.naturalOrder());
        return problems;
    }

    /** The back ends that are configured on this node. */
    public Connectors connectors() {
        return parts.connectors();
    }

    /** Threads that may be blocked. */
    public Executor threads() {
        return targets.threads();
    }

    private void update(String instance) {
        InstanceView view = parts.views().find(instance);
        if (view == null || closed) {
            return;
        }
        Map<String, RuleDefinition> wanted = new HashMap<>(view.rules().byId());
        for (Map.Entry<RuleKey, RunningRule> entry : List.copyOf(running.entrySet())) {
            RuleKey key = entry.getKey();
            if (key.instance().equals(instance)) {
                RuleDefinition next = wanted.get(key.id());
                if (next == null || !next.enabled() || !entry.getValue().mayBecome(next)) {
                    end(key, entry.getValue(), next == null);
                }
            }
        }
        for (RuleDefinition rule : wanted.values()) {
            RuleKey key = new RuleKey(instance, rule.id());
            if (rule.enabled() && !ending.containsKey(key)) {
                run(key, rule);
            }
        }
        hand(instance);
    }

    private void end(RuleKey key, RunningRule rule, boolean deleted) {
        running.remove(key);
        parts.metrics().ruleGone(key.instance(), key.id());
        LOG.info("{} ends here: it is {}", key, deleted ? "deleted" : "disabled or another one now");
        CompletionStage<Void> end = rule.close(true);
        ending.put(key, end);
        hand(key.instance());
        end.thenCompose(_ -> deleted ? left.delete(key) : CompletableFuture.completedFuture(null))
                .whenComplete((_, _) -> mailbox.execute(() -> {
                    ending.remove(key);
                    update(key.instance());
                }));
    }

    private void run(RuleKey key, RuleDefinition rule) {
        RunningRule now = running.get(key);
        if (now != null && now.definition().equals(rule)) {
            return;
        }
        RunningRule next = switch (rule.kind()) {
            case OUTBOUND -> outbound(key, rule, now);
            case STATUS -> status(key, rule, now);
            case INBOUND -> inbound(key, rule);
        };
        running.put(key, next);
        if (now == null) {
            parts.metrics().rule(key.instance(), key.id(), new ShownFigures(this, key));
        }
    }

    private RunningRule outbound(RuleKey key, RuleDefinition rule, @Nullable RunningRule before) {
        OutboundRule made = before instanceof RunningRule.Outbound known
                ? known.rule()
                : new OutboundRule(
                        targets,
                        key.toString(),
                        key.spool(parts.node()),
                        parts.delivery().held());
        made.target().observedBy(parts.delivery().observers().rule(key.instance(), key.id()));
        made.includeApi(rule.includeApi());
        lead(made.target(), key, rule, before);
        return new RunningRule.Outbound(rule, made);
    }

    /** Leads it elsewhere when it did not lead there before. */
    private void lead(Target target, RuleKey key, RuleDefinition rule, @Nullable RunningRule before) {
        if (before == null || RunningRule.leadsElsewhere(before.definition(), rule)) {
            RunningRule.lead(target, key.instance(), rule, parts.connectors());
        }
    }

    private RunningRule status(RuleKey key, RuleDefinition rule, @Nullable RunningRule before) {
        StatusRule made = before instanceof RunningRule.Status known
                ? known.rule()
                : new StatusRule(
                        targets,
                        key.toString(),
                        key.spool(parts.node()),
                        key.clients(parts.node()),
                        rule.resource(),
                        parts.membership().self().uid());
        lead(made.target(), key, rule, before);
        return new RunningRule.Status(rule, made);
    }

    private RunningRule inbound(RuleKey key, RuleDefinition rule) {
        InboundRule made = new InboundRule(
                new InboundRule.Parts(
                        parts.delivery().ingress(), () -> parts.views().find(key.instance()), targets.clock()),
                key.toString(),
                rule.id(),
                rule.resource());
        String group = rule.options()
                .getOrDefault(RunningRule.CONSUMER_GROUP, key.group())
                .toString();
        made.start(
                () -> parts.connectors()
                        .get(rule.connector())
                        .source(group, rule.topic(), RunningRule.settings(key.instance(), rule), made),
                rule.deadLetterTopic(),
                RunningRule.sink(key.instance(), rule, rule.deadLetterTopic(), parts.connectors()));
        return new RunningRule.Inbound(rule, made);
    }

    /** Gives the message plane what runs of an instance. */
    private void hand(String instance) {
        Map<String, List<Outlet>> outlets = new HashMap<>();
        Map<String, List<StatusRule>> notices = new HashMap<>();
        running.forEach((key, rule) -> {
            if (rule instanceof RunningRule.Outbound outbound && key.instance().equals(instance)) {
                outlets.computeIfAbsent(outbound.definition().resource(), _ -> new ArrayList<>())
                        .add(outbound.rule());
            }
            if (rule instanceof RunningRule.Status status) {
                notices.computeIfAbsent(key.instance(), _ -> new ArrayList<>()).add(status.rule());
            }
        });
        Instance known = parts.delivery().instance(instance);
        if (known != null) {
            known.outlets(outlets.isEmpty() ? null : new Outlets(outlets));
        }
        parts.notices().rules(notices);
    }

    private void tick() {
        if (closed) {
            return;
        }
        running.values().forEach(RunningRule::tick);
        left.tick();
        idle.tick(running, System.nanoTime());
        boolean pause = parts.heldBack().getAsBoolean();
        for (RunningRule rule : running.values()) {
            if (rule instanceof RunningRule.Inbound inbound) {
                inbound.rule().pause(pause);
            }
        }
        if (--ticksLeft <= 0) {
            ticksLeft = TICKS_A_LOOK;
            left.look();
        }
    }

    /** Ends all rules: what is under way goes to the spools. Publishers that wait have no answer. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        mailbox.execute(() -> {
            Cancellable ticking = ticks;
            if (ticking != null) {
                ticking.cancel();
            }
            closed = true;
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            running.values().forEach(rule -> ends.add(rule.close(false).toCompletableFuture()));
            ends.addAll(left.close());
            var _ = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                    .whenComplete((_, _) -> done.complete(null));
        });
        return done.thenRun(parts.connectors()::close);
    }
}
