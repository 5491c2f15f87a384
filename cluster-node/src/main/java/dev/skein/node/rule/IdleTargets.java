package dev.skein.node.rule;

import dev.skein.node.rule.connect.Connectors;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks back ends whether they answer, for rules to which nothing is published: otherwise the first message would be the
 * one that finds out. A rule that sends knows better, so what is found holds until its next message is taken. Changes
 * in the engine's mailbox; {@link #shown} is for any thread.
 */
final class IdleTargets {
    private static final Logger LOG = LoggerFactory.getLogger(IdleTargets.class);
    private static final long EVERY_NANOS = Duration.ofSeconds(15).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Connectors connectors;
    private final Executor threads;
    private final Executor mailbox;
    private final Map<RuleKey, Look> looks = new ConcurrentHashMap<>();
    /** Connectors that were asked and have not answered yet. */
    private final Set<String> asked = new HashSet<>();

    private long next;

    /** @param sent what the rule had sent when its connector was asked */
    private record Look(long sent, String problem) {}

    /**
     * Knows nothing yet.
     *
     * @param threads may be blocked
     * @param mailbox of the engine
     */
    IdleTargets(Connectors connectors, Executor threads, Executor mailbox, long now) {
        this.connectors = connectors;
        this.threads = threads;
        this.mailbox = mailbox;
        this.next = now;
    }

    /** Asks the connectors of {@code running} when it is time; {@code now} in nanoseconds. */
    void tick(Map<RuleKey, RunningRule> running, long now) {
        if (now - next < 0) {
            return;
        }
        next = now + EVERY_NANOS;
        looks.keySet().retainAll(running.keySet());
        Map<String, Map<RuleKey, Long>> byConnector = new HashMap<>();
        running.forEach((key, rule) -> {
            if (rule instanceof RunningRule.ToTarget toTarget) {
                byConnector
                        .computeIfAbsent(rule.definition().connector(), _ -> new HashMap<>())
                        .put(key, toTarget.target().figures().sent());
            }
        });
        byConnector.forEach((connector, sent) -> {
            if (asked.add(connector)) {
                threads.execute(() -> ask(connector, sent));
            }
        });
    }

    private void ask(String connector, Map<RuleKey, Long> sent) {
        String problem;
        try {
            problem = connectors.check(connector, PATIENCE).orElse("");
        } catch (RuntimeException | LinkageError e) {
            problem = "connector " + connector + ": " + e;
        }
        String found = problem;
        mailbox.execute(() -> {
            asked.remove(connector);
            sent.forEach((key, before) -> found(key, new Look(before, found)));
        });
    }

    private void found(RuleKey key, Look look) {
        Look before = looks.put(key, look);
        boolean wasAway = before != null && !before.problem.isEmpty();
        if (look.problem.isEmpty() && wasAway) {
            LOG.info("{}: its target answers again", key);
        } else if (!look.problem.isEmpty() && !wasAway) {
            LOG.warn("{}: its target does not answer: {}", key, look.problem);
        }
    }

    /** {@code state} with what is known of the target when the rule itself knows nothing wrong. */
    RuleState shown(RuleKey key, RuleState state) {
        Look look = looks.get(key);
        return look == null || look.problem.isEmpty() || state.isFailing() || state.sent() != look.sent
                ? state
                : state.failing(look.problem);
    }
}
