package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.protocol.apsara.ModeUsername;
import dev.skein.protocol.apsara.TokenPassword;
import dev.skein.protocol.apsara.TokenProblem;
import dev.skein.protocol.apsara.TokenType;
import dev.skein.protocol.wire.FailureText;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * User names {@code Token|<AccessKeyId>|<InstanceId>} with up to three tokens as the password. All of them must be
 * good. A client is of the account of the access key, and may do what its tokens cover. Only tokens that nobody has
 * signed count as failures, see {@link FailureLimiter}; good ones always get in.
 */
final class TokenScheme extends ModeScheme {
    private static final String FORM = "R|<token>, W|<token> or RW|<token>, up to three, joined by |";

    private final CredentialStore credentials;
    private final InstantSource clock;

    TokenScheme(InstanceViews views, CredentialStore credentials, FailureLimiter failures, InstantSource clock) {
        super(ModeUsername.TOKEN, "AccessKeyId", views, failures);
        this.credentials = credentials;
        this.clock = clock;
    }

    @Override
    Refused noInstance(ConnectAttempt attempt, String instance, Refused refused) {
        return refused; // only tokens that nobody has signed count
    }

    @Override
    void check(InstanceView view, ConnectAttempt attempt, String keyId, Consumer<AuthResult> done) {
        decide(
                credentials.accessKey(view.id(), keyId),
                "access key",
                keyId,
                key -> decide(view, attempt, keyId, key),
                done);
    }

    private AuthResult decide(InstanceView view, ConnectAttempt attempt, String keyId, @Nullable AccessKey key) {
        if (key == null) {
            return bad(FailureText.of("access key", keyId, "one of instance " + view.id()));
        }
        Map<TokenType, String> tokens = TokenPassword.parse(new String(attempt.passwordOrEmpty(), UTF_8));
        if (tokens == null) {
            return bad("password: cannot be read (expected: " + FORM + ")");
        }
        Principal who = Principal.of(key, view);
        Instant now = clock.instant();
        List<TokenGrant.Held> held = new ArrayList<>();
        for (Map.Entry<TokenType, String> each : tokens.entrySet()) {
            TokenVerifier.Outcome outcome = TokenVerifier.verify(view, each.getKey(), each.getValue(), keyId, now);
            TokenGrant.Lost lost = outcome.lost();
            if (lost != null) {
                return refused(view, attempt, lost);
            }
            if (outcome.held() != null) {
                held.add(outcome.held());
            }
        }
        return switch (ClientIdRules.admit(view, attempt, who)) {
            case Accepted(var identity) -> new Accepted(identity.withGrant(new TokenGrant(held)));
            case Refused refused -> refused;
        };
    }

    private Refused refused(InstanceView view, ConnectAttempt attempt, TokenGrant.Lost lost) {
        Refused refused =
                bad("%s, code %d".formatted(lost.detail(), lost.problem().code()));
        return lost.problem() == TokenProblem.FORGED ? counted(attempt, view.id(), refused) : refused;
    }
}
