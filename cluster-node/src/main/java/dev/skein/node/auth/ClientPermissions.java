package dev.skein.node.auth;

import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import java.util.List;

/** What one client may do, under one version of its instance's rules. Immutable; see {@link Permissions}. */
public final class ClientPermissions {
    private final List<Rule> rules;
    private final boolean otherwise;

    ClientPermissions(List<Rule> rules, boolean otherwise) {
        this.rules = List.copyOf(rules);
        this.otherwise = otherwise;
    }

    /** True when no rule speaks of this client and the default is allow. */
    public boolean allowsAll() {
        return rules.isEmpty() && otherwise;
    }

    /**
     * Whether it may publish.
     *
     * @param topic a valid topic name
     */
    public boolean mayPublish(String topic) {
        for (Rule rule : rules) {
            if (rule.action() != Action.SUBSCRIBE && rule.hitsTopic(topic)) {
                return rule.allows();
            }
        }
        return otherwise;
    }

    /**
     * Whether it may subscribe.
     *
     * @param filter a valid topic filter
     */
    public boolean maySubscribe(String filter) {
        if (rules.isEmpty()) {
            return otherwise;
        }
        LevelFilter wanted = LevelFilter.of(filter);
        for (Rule rule : rules) {
            if (rule.action() != Action.PUBLISH && rule.hitsFilter(wanted)) {
                return rule.allows();
            }
        }
        return otherwise;
    }

    record Rule(Effect effect, Action action, List<LevelFilter> filters) {
        boolean allows() {
            return effect == Effect.ALLOW;
        }

        boolean hitsTopic(String topic) {
            for (LevelFilter filter : filters) {
                if (filter.matches(topic, !allows())) {
                    return true;
                }
            }
            return false;
        }

        boolean hitsFilter(LevelFilter wanted) {
            for (LevelFilter filter : filters) {
                if (allows() ? filter.covers(wanted) : filter.overlaps(wanted, true)) {
                    return true;
                }
            }
            return false;
        }
    }
}
