package dev.skein.node.auth;

import dev.skein.node.registry.InstanceView;
import dev.skein.protocol.apsara.TokenClaims;
import dev.skein.protocol.apsara.TokenProblem;
import dev.skein.protocol.apsara.TokenType;
import dev.skein.protocol.wire.FailureText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the tokens of a client let it do: at most one of each type. It may publish on what a token for that covers, and
 * subscribe to what one filter of a token for that covers whole; the rules of its instance hold beside that. Immutable.
 */
public final class TokenGrant {
    private final List<Held> held;

    /** One token, which was good when it was taken. */
    record Held(TokenType type, int keyNumber, TokenClaims claims, List<LevelFilter> filters) {
        static Held of(TokenType type, int keyNumber, TokenClaims claims) {
            return new Held(
                    type,
                    keyNumber,
                    claims,
                    claims.filters().stream().map(LevelFilter::of).toList());
        }

        boolean matches(String topic) {
            for (LevelFilter filter : filters) {
                if (filter.matches(topic, false)) {
                    return true;
                }
            }
            return false;
        }

        boolean covers(LevelFilter wanted) {
            for (LevelFilter filter : filters) {
                if (filter.covers(wanted)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * A token that is not good, or not for what its client does.
     *
     * @param type as its client uses it
     * @param detail for the log; holds no token
     */
    public record Lost(TokenProblem problem, TokenType type, String detail) {}

    /** A token and when it ends, in milliseconds since 1970. */
    public record Expiry(TokenType type, long at) {}

    TokenGrant(List<Held> held) {
        this.held = List.copyOf(held);
    }

    /** The same with {@code token} in the place of the one of its type. */
    TokenGrant with(Held token) {
        List<Held> next = new ArrayList<>(held);
        next.removeIf(each -> each.type() == token.type());
        next.add(token);
        return new TokenGrant(next);
    }

    /** Whether a token lets its client publish. */
    boolean mayPublish(String topic) {
        for (Held token : held) {
            if (token.type().writes() && token.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a token lets its client subscribe. */
    boolean maySubscribe(LevelFilter wanted) {
        for (Held token : held) {
            if (token.type().reads() && token.covers(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Why its client may not publish to {@code topic}: its tokens, or else what its account may. */
    public Lost publishRefusal(String topic) {
        return refusal(true, mayPublish(topic), FailureText.of("publish to", topic, "a topic that its tokens allow"));
    }

    /** Why its client may not subscribe to {@code filter}: its tokens, or else what its account may. */
    public Lost subscribeRefusal(String filter) {
        return refusal(
                false,
                maySubscribe(LevelFilter.of(filter)),
                FailureText.of("subscribe to", filter, "a filter that its tokens allow"));
    }

    private Lost refusal(boolean publish, boolean allowed, String detail) {
        TokenType type = held.isEmpty() ? TokenType.RW : held.getFirst().type();
        boolean some = false;
        for (Held token : held) {
            if (publish ? token.type().writes() : token.type().reads()) {
                type = token.type();
                some = true;
            }
        }
        if (allowed) {
            return new Lost(TokenProblem.ACCOUNT, type, detail + "; the permissions of the instance do not");
        }
        return new Lost(some ? TokenProblem.RESOURCE : TokenProblem.TYPE, type, detail);
    }

    /**
     * The first token that is not good any more; null while all are.
     *
     * @param keyId the access key that its client has named
     */
    public @Nullable Lost lost(InstanceView view, String keyId, Instant now) {
        for (Held token : held) {
            Lost lost = lost(token, view, keyId, now);
            if (lost != null) {
                return lost;
            }
        }
        return null;
    }

    /**
     * Why {@code token} is not good, its signature aside; null when it is. It is so for clients of the access key that
     * applied for it alone: what that key may bounds what its tokens let anybody do.
     */
    static @Nullable Lost lost(Held token, InstanceView view, String keyId, Instant now) {
        TokenClaims claims = token.claims();
        if (claims.expiresAt() <= now.toEpochMilli()) {
            return new Lost(
                    TokenProblem.EXPIRED,
                    token.type(),
                    FailureText.of(
                            named(claims), "expired at " + Instant.ofEpochMilli(claims.expiresAt()), "a newer token"));
        }
        if (view.tokens().revoked().contains(claims.id())) {
            return new Lost(
                    TokenProblem.REVOKED, token.type(), FailureText.of(named(claims), "revoked", "another token"));
        }
        if (view.tokens().key(token.keyNumber()) == null) {
            return new Lost(
                    TokenProblem.REVOKED,
                    token.type(),
                    FailureText.of(named(claims), "signed with key " + token.keyNumber(), "a key that is there"));
        }
        if (!claims.accessKeyId().equals(keyId) || view.accessKey(keyId) == null) {
            return new Lost(
                    TokenProblem.ACCOUNT,
                    token.type(),
                    FailureText.of(
                            named(claims),
                            "of access key " + claims.accessKeyId(),
                            claims.accessKeyId().equals(keyId)
                                    ? "an access key of instance " + view.id()
                                    : "one of access key " + keyId + " of instance " + view.id()));
        }
        return null;
    }

    private static String named(TokenClaims claims) {
        return "token " + claims.id();
    }

    /** When each of them ends. */
    public List<Expiry> expiries() {
        return held.stream()
                .map(token -> new Expiry(token.type(), token.claims().expiresAt()))
                .toList();
    }

    /** Their ids, for logs. */
    @Override
    public String toString() {
        return held.stream().map(token -> token.claims().id().toString()).collect(Collectors.joining(","));
    }
}
