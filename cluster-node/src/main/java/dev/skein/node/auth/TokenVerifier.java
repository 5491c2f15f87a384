package dev.skein.node.auth;

import dev.skein.node.auth.TokenGrant.Held;
import dev.skein.node.auth.TokenGrant.Lost;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.TokenKey;
import dev.skein.protocol.apsara.SignedToken;
import dev.skein.protocol.apsara.TokenProblem;
import dev.skein.protocol.apsara.TokenType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a token is good, by what this node knows of its instance. Stateless; asks nobody. */
final class TokenVerifier {
    private TokenVerifier() {}

    /** Exactly one is not null. */
    record Outcome(@Nullable Held held, @Nullable Lost lost) {}

    /**
     * Looks at one token of a client.
     *
     * @param keyId the access key that the client names
     */
    static Outcome verify(InstanceView view, TokenType type, String text, String keyId, Instant now) {
        SignedToken token = authentic(view, text);
        if (token == null) {
            return bad(
                    TokenProblem.FORGED,
                    type,
                    "token: not one that instance %s has signed (expected: one of ApplyToken)".formatted(view.id()));
        }
        Held held = Held.of(type, token.keyNumber(), token.claims());
        Lost lost = TokenGrant.lost(held, view, keyId, now);
        if (lost != null) {
            return new Outcome(null, lost);
        }
        return token.claims().allows(type)
                ? new Outcome(held, null)
                : bad(
                        TokenProblem.TYPE,
                        type,
                        "token %s: used as %s (expected: as its actions allow, %s)"
                                .formatted(
                                        token.claims().id(),
                                        type,
                                        token.claims().reads() ? "R" : "W"));
    }

    /** The token, when this instance has signed it; else null. */
    static @Nullable SignedToken authentic(InstanceView view, String text) {
        SignedToken token = SignedToken.parse(text);
        if (token == null || !token.claims().instanceId().equals(view.id())) {
            return null;
        }
        TokenKey key = view.tokens().key(token.keyNumber());
        return key != null && token.isSignedBy(key.bytes()) ? token : null;
    }

    private static Outcome bad(TokenProblem problem, TokenType type, String detail) {
        return new Outcome(null, new Lost(problem, type, detail));
    }
}
