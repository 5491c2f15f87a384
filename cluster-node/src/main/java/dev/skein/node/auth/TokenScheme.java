package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
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
final class TokenScheme implements CredentialScheme {
    private static final String PREFIX = ModeUsername.TOKEN + "|";
    private static final String FORM = "R|<token>, W|<token> or RW|<token>, up to three, joined by |";

    private final InstanceViews views;
    private final CredentialStore credentials;
    private final FailureLimiter failures;
    private final InstantSource clock;

    TokenScheme(InstanceViews views, CredentialStore credentials, FailureLimiter failures, InstantSource clock) {
        this.views = views;
        this.credentials = credentials;
        this.failures = failures;
        this.clock = clock;
    }

    @Override
    public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username == null || !username.startsWith(PREFIX)) {
            return false;
        }
        ModeUsername parsed = ModeUsername.parse(ModeUsername.TOKEN, username);
        if (parsed == null) {
            done.accept(bad("username: cannot be read (expected: Token|<AccessKeyId>|<InstanceId>)"));
            return true;
        }
        // An instance that the listener does not lead to is answered as one that does not exist.
        InstanceView view = attempt.mayReach(parsed.instanceId()) ? views.find(parsed.instanceId()) : null;
        if (view == null) {
            done.accept(Refusals.noInstance(parsed.instanceId(), Reason.BAD_CREDENTIALS));
            return true;
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused != null) {
            done.accept(refused);
            return true;
        }
        String keyId = parsed.keyId();
        Lookup.then(
                credentials.accessKey(view.id(), keyId),
                Runnable::run,
                key -> done.accept(decide(view, attempt, keyId, key)),
                () -> done.accept(Refusals.noAnswer("access key", keyId)));
        return true;
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
        return lost.problem() == TokenProblem.FORGED
                ? ClientFailures.count(failures, attempt, view.id(), PREFIX, refused)
                : refused;
    }

    private static Refused bad(String detail) {
        return new Refused(Reason.BAD_CREDENTIALS, detail);
    }
}
