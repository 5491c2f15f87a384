package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.protocol.apsara.SignatureUsername;
import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.wire.FailureText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * User names {@code Signature|<AccessKeyId>|<InstanceId>} with the client ID signed as the password. Only wrong
 * signatures count as failures, see {@link FailureLimiter}; one that is right always gets in.
 */
final class SignatureScheme implements CredentialScheme {
    private static final String SIGNATURE = "Signature|";
    private static final String UNKNOWN_KEY = "no such access key: signed all the same, so that it takes as long";

    private final InstanceViews views;
    private final CredentialStore credentials;
    private final FailureLimiter failures;

    SignatureScheme(InstanceViews views, CredentialStore credentials, FailureLimiter failures) {
        this.views = views;
        this.credentials = credentials;
        this.failures = failures;
    }

    @Override
    public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username == null || !username.startsWith(SIGNATURE)) {
            return false;
        }
        SignatureUsername parsed = SignatureUsername.parse(username);
        if (parsed == null) {
            done.accept(new Refused(
                    Reason.BAD_CREDENTIALS,
                    "username: cannot be read (expected: Signature|<AccessKeyId>|<InstanceId>)"));
            return true;
        }
        // An instance that the listener does not lead to is answered as one that does not exist.
        InstanceView view = attempt.mayReach(parsed.instanceId()) ? views.find(parsed.instanceId()) : null;
        if (view == null) {
            Refused refused = Refusals.noInstance(parsed.instanceId(), Reason.BAD_CREDENTIALS);
            done.accept(failed(attempt, parsed.instanceId(), refused));
            return true;
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused != null) {
            done.accept(refused);
            return true;
        }
        String keyId = parsed.accessKeyId();
        Lookup.then(
                credentials.accessKey(view.id(), keyId),
                Runnable::run,
                key -> done.accept(decide(view, attempt, keyId, key)),
                () -> done.accept(Refusals.noAnswer("access key", keyId)));
        return true;
    }

    private AuthResult decide(InstanceView view, ConnectAttempt attempt, String keyId, @Nullable AccessKey key) {
        boolean right = Signatures.matches(
                key == null ? UNKNOWN_KEY : key.secret().value(), attempt.clientId(), attempt.passwordOrEmpty());
        if (key != null && right) {
            return ClientIdRules.admit(view, attempt, Principal.of(key, view));
        }
        String detail = key == null
                ? FailureText.of("access key", keyId, "one of instance " + view.id())
                : FailureText.of(
                        "password", "wrong for access key " + key.id(), "Base64 of HMAC-SHA1 of the client ID");
        return failed(attempt, view.id(), new Refused(Reason.BAD_CREDENTIALS, detail));
    }

    private Refused failed(ConnectAttempt attempt, String instance, Refused refused) {
        return ClientFailures.count(failures, attempt, instance, SIGNATURE, refused);
    }
}
