package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.ClientPermissions;
import dev.skein.node.auth.Identity;
import dev.skein.node.auth.Standing;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.delivery.Instance;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.topic.SharedFilters;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one client may do by the newest rules of its instance. Rules of one version are one object, so that most
 * questions are a comparison. Confined to the connection's event loop.
 */
final class ClientRights {
    private final Instance instance;
    private final Identity identity;
    private Instance.Rules under;
    private ClientPermissions permissions;
    /** The rules by which all that the client holds was looked at last; null: not yet. */
    private Instance.@Nullable Rules checked;
    /** Whether a subscription of its session was ended: what it has matched may still be on its way. */
    private boolean ended;

    ClientRights(Instance instance, Identity identity) {
        this.instance = instance;
        this.identity = identity;
        this.under = instance.rules();
        this.permissions = under.permissions().forClient(identity);
    }

    /** What the client may do by {@code rules}, made once for each version of the permissions. */
    @SuppressWarnings("ReferenceEquality") // permissions of one version are one object
    ClientPermissions of(Instance.Rules rules) {
        if (under.permissions() != rules.permissions()) {
            permissions = rules.permissions().forClient(identity);
        }
        under = rules;
        return permissions;
    }

    /** Why a subscription of its session has to end, or null: it may have it. */
    @Nullable
    String whyEnds(String filter) {
        Instance.Rules rules = instance.rules();
        if (of(rules).maySubscribe(filter)) {
            return null;
        }
        ended = true;
        return TopicRules.subscribeNotPermitted(rules.view(), filter).detail();
    }

    /**
     * What newer rules take from the client, for the log; null when nothing.
     *
     * @param filters what it has subscribed
     * @param all whether that is everything, and no subscription is on its way
     */
    @Nullable
    @SuppressWarnings("ReferenceEquality") // rules of one version are one object
    String revoked(Set<String> filters, boolean all) {
        Instance.Rules rules = instance.rules();
        Instance.Rules before = checked;
        if (before == rules) {
            return null;
        }
        String lost = Standing.lost(rules.view(), identity);
        if (lost != null) {
            return lost;
        }
        if (before == null || before.permissions() != rules.permissions()) {
            ClientPermissions mine = of(rules);
            for (String filter : filters) {
                if (!mine.maySubscribe(SharedFilters.matched(filter))) {
                    return TopicRules.subscribeNotPermitted(rules.view(), filter)
                            .detail();
                }
            }
        }
        if (all) {
            checked = rules;
        }
        return null;
    }

    /** Whether the client may read what its session has kept for it: rules may have changed since. */
    boolean mayRead(TopicName topic) {
        return of(instance.rules()).maySubscribe(topic.value())
                || identity.clientId().equals(instance.p2pTarget(topic)); // which needs no subscription
    }

    /** Whether the client may be given what its session gets now; what its subscriptions matched it may read. */
    boolean mayBePushed(TopicName topic) {
        return !ended || mayRead(topic);
    }
}
