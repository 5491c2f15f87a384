package dev.skein.node.rule;

import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.rule.RuleKey.Named;
import dev.skein.node.rule.sink.Spool;
import dev.skein.node.rule.sink.Target;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoredSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes that are gone have left: the member whose address is the first of all drains their spools, and tells of
 * the clients that were on them. Confined to the engine's mailbox.
 */
final class LeftSpools {
    private static final Logger LOG = LoggerFactory.getLogger(LeftSpools.class);
    private static final int AT_ONCE = 1000;

    private final RuleEngine.Parts parts;
    private final Executor mailbox;
    private final Map<RuleKey, RunningRule> running;
    private final Map<String, Target> draining = new HashMap<>();
    private final Set<String> opening = new HashSet<>();
    /** Spools without a rule that were told of. */
    private final Set<String> told = new HashSet<>();

    private boolean looking;

    LeftSpools(RuleEngine.Parts parts, Executor mailbox, Map<RuleKey, RunningRule> running) {
        this.parts = parts;
        this.mailbox = mailbox;
        this.running = running;
    }

    private SessionStore sessions() {
        return parts.targets().stores().sessions();
    }

    /** Ends what is done, and what another node has again. */
    void tick() {
        Set<String> members = members();
        for (Map.Entry<String, Target> entry : List.copyOf(draining.entrySet())) {
            Target target = entry.getValue();
            target.tick();
            Named named = Named.of(entry.getKey());
            boolean back = named == null || members.contains(named.node()) || !running.containsKey(named.key());
            if (back || target.isDrained()) {
                draining.remove(entry.getKey());
                target.close(false);
            }
        }
    }

    private Set<String> members() {
        Set<String> members = new HashSet<>(Set.of(parts.node()));
        parts.membership().others().forEach(node -> members.add(node.address()));
        return members;
    }

    /** Whether this node is the one that looks after them. */
    private boolean isFirst() {
        String here = parts.membership().self().address();
        return parts.membership().others().stream()
                .map(ClusterNode::address)
                .noneMatch(other -> other.compareTo(here) < 0);
    }

    /** Looks for what was left. */
    void look() {
        if (looking || !isFirst()) {
            return;
        }
        looking = true;
        Set<String> members = members();
        next("", members)
                .whenCompleteAsync(
                        (_, failure) -> {
                            looking = false;
                            if (failure != null) {
                                LOG.warn(
                                        "spools of nodes that are gone cannot be looked for: {}; it is tried again",
                                        failure.toString());
                            }
                        },
                        mailbox);
    }

    private CompletionStage<Void> next(String after, Set<String> members) {
        return sessions()
                .list(SessionKey.SPOOLS, "", after, AT_ONCE)
                .thenComposeAsync(
                        page -> {
                            for (StoredSession session : page) {
                                String name = session.key().clientId();
                                Named named = Named.of(name);
                                if (named == null) {
                                    continue;
                                }
                                if (isOfNoRule(named.key())) {
                                    tellOfNoRule(name, named);
                                } else if (!members.contains(named.node())) {
                                    take(name, named);
                                }
                            }
                            return page.size() < AT_ONCE
                                    ? CompletableFuture.completedFuture(null)
                                    : next(page.getLast().key().clientId(), members);
                        },
                        mailbox);
    }

    private boolean isOfNoRule(RuleKey key) {
        InstanceView view = parts.views().find(key.instance());
        return view == null || !view.rules().byId().containsKey(key.id());
    }

    /** Of a rule that the configuration named once: whether its messages are still wanted nobody can know. */
    private void tellOfNoRule(String name, Named named) {
        if (named.ofClients() || !told.add(name)) {
            return;
        }
        Target.Parts targets = parts.targets();
        Spool.open(targets.stores(), name, targets.clock().millis()).thenAccept(opened -> {
            if (opened.messages() > 0) {
                LOG.warn(
                        "{} does not exist, and {} messages wait in its spool of node {}: configure the rule again to"
                                + " send them, or create and delete one of that id to drop them",
                        named.key(),
                        opened.messages(),
                        named.node());
            }
        });
    }

    private void take(String name, Named named) {
        RunningRule rule = running.get(named.key());
        if (rule == null || draining.containsKey(name) || !opening.add(name)) {
            return;
        }
        Target.Parts targets = parts.targets();
        Spool.open(targets.stores(), name, targets.clock().millis())
                .whenCompleteAsync(
                        (opened, failure) -> {
                            opening.remove(name);
                            if (opened == null || opened.messages() == 0) {
                                return;
                            }
                            if (named.ofClients()) {
                                if (rule instanceof RunningRule.Status status) {
                                    status.rule().tellOf(opened.spool());
                                }
                                return;
                            }
                            LOG.info(
                                    "{}: {} messages that node {} has left are sent by this one",
                                    named.key(),
                                    opened.messages(),
                                    named.node());
                            Target target =
                                    new Target(targets, named.key() + " for node " + named.node(), name, _ -> {});
                            RuleKey key = named.key();
                            target.observedBy(parts.delivery().observers().rule(key.instance(), key.id()));
                            RunningRule.lead(target, key.instance(), rule.definition(), parts.connectors());
                            draining.put(name, target);
                        },
                        mailbox);
    }

    /** Throws away what a rule that is deleted has left on this node and on those that are gone. */
    CompletionStage<Void> delete(RuleKey key) {
        return sessions().list(SessionKey.SPOOLS, key.prefix(), "", AT_ONCE).thenCompose(page -> {
            List<CompletableFuture<Void>> deleted = new ArrayList<>();
            Set<String> others = members();
            others.remove(parts.node());
            for (StoredSession session : page) {
                Named named = Named.of(session.key().clientId());
                if (named != null && !others.contains(named.node())) {
                    deleted.add(sessions().delete(session).toCompletableFuture());
                }
            }
            return CompletableFuture.allOf(deleted.toArray(CompletableFuture[]::new));
        });
    }

    /** Ends what is under way. */
    List<CompletableFuture<Void>> close() {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        draining.values().forEach(target -> ends.add(target.close(false).toCompletableFuture()));
        draining.clear();
        return ends;
    }
}
