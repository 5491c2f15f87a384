package dev.skein.node.auth;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.PermissionRule.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The permission rules of one version of an instance. Immutable.
 *
 * <p>Rules are tried in order, the first that hits decides, else the default. A rule hits a publish when one of its
 * filters matches the topic. An allowing rule hits a subscription when one of its filters covers it whole; a denying
 * rule when one of its filters has any topic in common with it. A wildcard in the first level of a denying rule reaches
 * topics that begin with {@code $}, that of an allowing rule does not.
 */
public final class Permissions {
    private final List<PermissionRule> source;
    private final List<Rule> rules;
    private final boolean otherwise;

    private Permissions(List<PermissionRule> source, boolean otherwise) {
        this.source = source;
        this.rules = source.stream().map(Rule::of).toList();
        this.otherwise = otherwise;
    }

    /** Reads the rules of {@code view}; worth keeping for as long as the view is. See {@link PermissionsCache}. */
    public static Permissions of(InstanceView view) {
        return new Permissions(view.permissions(), view.defaultPermission() == Effect.ALLOW);
    }

    /** Those of {@code view}; this object when they are the same: another one means that they changed. */
    public Permissions next(InstanceView view) {
        boolean same = otherwise == (view.defaultPermission() == Effect.ALLOW) && source.equals(view.permissions());
        return same ? this : of(view);
    }

    /** True when there is no rule and the default is allow: nothing but tokens need be asked. */
    public boolean allowsAll() {
        return rules.isEmpty() && otherwise;
    }

    /**
     * Whether a client may publish; {@link #forClient} is faster for more than one question.
     *
     * @param topic a valid topic name
     */
    public boolean mayPublish(Identity identity, String topic) {
        return (allowsAll() && identity.grant() == null) || forClient(identity).mayPublish(topic);
    }

    /**
     * Whether a client may subscribe; {@link #forClient} is faster for more than one question.
     *
     * @param filter a valid topic filter
     */
    public boolean maySubscribe(Identity identity, String filter) {
        return (allowsAll() && identity.grant() == null) || forClient(identity).maySubscribe(filter);
    }

    /** What one client may do: the rules that speak of it, with its names put in. Worth keeping by its connection. */
    public ClientPermissions forClient(Identity identity) {
        List<ClientPermissions.Rule> mine = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.speaksOf(identity)) {
                mine.add(rule.resolve(identity));
            }
        }
        return new ClientPermissions(mine, otherwise, identity.grant());
    }

    private record Rule(PermissionRule rule, List<TopicPattern> topics) {
        static Rule of(PermissionRule rule) {
            return new Rule(rule, rule.topics().stream().map(TopicPattern::of).toList());
        }

        boolean speaksOf(Identity identity) {
            return (rule.users().isEmpty()
                            || (identity.nameInRules() != null && rule.users().contains(identity.nameInRules())))
                    && (rule.groups().isEmpty()
                            || (identity.group() != null && rule.groups().contains(identity.group())))
                    && (rule.clients().isEmpty() || rule.clients().contains(identity.clientId()));
        }

        ClientPermissions.Rule resolve(Identity identity) {
            List<LevelFilter> filters = topics.stream()
                    .map(topic -> topic.resolve(identity))
                    .filter(Objects::nonNull)
                    .toList();
            return new ClientPermissions.Rule(rule.effect(), rule.action(), filters);
        }
    }
}
