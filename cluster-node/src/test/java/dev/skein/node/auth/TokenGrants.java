package dev.skein.node.auth;

import dev.skein.node.registry.InstanceView;
import dev.skein.protocol.apsara.TokenType;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Clients with tokens, for tests of other packages. */
public final class TokenGrants {
    private TokenGrants() {}

    /** Client {@code c} of access key {@code keyId}, with one token that is good now. */
    public static Identity client(InstanceView view, String keyId, TokenType type, String token, Instant now) {
        Principal who = Principal.of(Objects.requireNonNull(view.accessKey(keyId)), view);
        TokenVerifier.Outcome outcome = TokenVerifier.verify(view, type, token, keyId, now);
        return new Identity(view.id(), "c", keyId, null, who.owner())
                .withGrant(new TokenGrant(List.of(Objects.requireNonNull(outcome.held()))));
    }
}
