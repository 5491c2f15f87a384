package dev.skein.node.auth;

import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one client may do, under one version of its instance's rules. Immutable; see {@link Permissions}. */
public final class ClientPermissions {
    private final List<Rule> rules;
    private final boolean otherwise;
    private final @Nullable TokenGrant grant;

    /** @param grant beyond which it may nothing; null for a client without tokens */
    ClientPermissions(List<Rule> rules, boolean otherwise, @Nullable TokenGrant grant) {
        this.rules = List.copyOf(rules);
        this.otherwise = otherwise;
        this.grant = grant;
    }

    /** True when no rule speaks of this client, the default is allow, and it has no tokens. */
    public boolean allowsAll() {
        return rules.isEmpty() && otherwise && grant == null;
    }

    /**
     * Whether it may publish.
     *
     * @param topic a valid topic name
     */
    public boolean mayPublish(String topic) {
        if (grant != null && !grant.mayPublish(topic)) {
            return false;
        }
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
        if (rules.isEmpty() && (grant == null || !otherwise)) {
            return otherwise;
        }
        LevelFilter wanted = LevelFilter.of(filter);
        if (grant != null && !grant.maySubscribe(wanted)) {
            return false;
        }
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
