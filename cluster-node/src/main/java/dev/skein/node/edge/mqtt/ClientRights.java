package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.ClientPermissions;
import dev.skein.node.auth.Identity;
import dev.skein.node.auth.Standing;
import dev.skein.node.auth.TokenGrant;
import dev.skein.node.auth.TokenUpload;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.delivery.Instance;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.topic.SharedFilters;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one client may do by the newest rules of its instance. Rules of one version are one object, so that most
 * questions are a comparison. Confined to the connection's event loop.
 */
final class ClientRights {
    private final Instance instance;
    private Identity identity; // with its newest tokens
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

    /** Whether it may no more than its tokens say. */
    boolean hasTokens() {
        return identity.grant() != null;
    }

    /** What its tokens let it do; null when it has none. */
    @Nullable
    TokenGrant tokens() {
        return identity.grant();
    }

    /** Takes a token that the client has uploaded; else tells why it is not good. */
    TokenGrant.@Nullable Lost upload(byte[] payload, Instant now) {
        TokenUpload upload = TokenUpload.read(instance.view(), identity, payload, now);
        if (upload.identity() != null) {
            identity = upload.identity();
            permissions = under.permissions().forClient(identity);
            checked = null; // what it has subscribed may be more than the new one covers
        }
        return upload.lost();
    }

    /** Whether one of its tokens is not good any more. */
    boolean hasLostTokens(Instant now) {
        TokenGrant grant = identity.grant();
        return grant != null && grant.lost(instance.view(), identity.accessKeyId(), now) != null;
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
     * What the client may not any more.
     *
     * @param detail for the log
     * @param token the token that it is for; null when it is for none
     */
    record Lost(String detail, TokenGrant.@Nullable Lost token) {}

    /**
     * What newer rules, or time, take from the client; null when nothing.
     *
     * @param filters what it has subscribed
     * @param all whether that is everything, and no subscription is on its way
     * @param clock by which tokens expire; asked only for a client with tokens
     */
    @Nullable
    @SuppressWarnings("ReferenceEquality") // rules of one version are one object
    Lost lost(Set<String> filters, boolean all, InstantSource clock) {
        Instance.Rules rules = instance.rules();
        Instance.Rules before = checked;
        TokenGrant grant = identity.grant();
        TokenGrant.Lost token =
                grant == null ? null : grant.lost(rules.view(), identity.accessKeyId(), clock.instant());
        if (token != null) {
            return new Lost(token.detail(), token);
        }
        if (before == rules) {
            return null;
        }
        String lost = Standing.lost(rules.view(), identity);
        if (lost != null) {
            return new Lost(lost, null);
        }
        if (before == null || before.permissions() != rules.permissions()) {
            ClientPermissions mine = of(rules);
            for (String filter : filters) {
                if (!mine.maySubscribe(SharedFilters.matched(filter))) {
                    return new Lost(
                            TopicRules.subscribeNotPermitted(rules.view(), filter)
                                    .detail(),
                            grant == null ? null : grant.subscribeRefusal(SharedFilters.matched(filter)));
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
