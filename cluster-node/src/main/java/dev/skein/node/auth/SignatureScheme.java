package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.protocol.apsara.ModeUsername;
import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.wire.FailureText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * User names {@code Signature|<AccessKeyId>|<InstanceId>} with the client ID signed as the password. Only wrong
 * signatures count as failures, see {@link FailureLimiter}; one that is right always gets in.
 */
final class SignatureScheme extends ModeScheme {
    private static final String UNKNOWN_KEY = "no such access key: signed all the same, so that it takes as long";

    private final CredentialStore credentials;

    SignatureScheme(InstanceViews views, CredentialStore credentials, FailureLimiter failures) {
        super(ModeUsername.SIGNATURE, "AccessKeyId", views, failures);
        this.credentials = credentials;
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
        boolean right = Signatures.matches(
                key == null ? UNKNOWN_KEY : key.secret().value(), attempt.clientId(), attempt.passwordOrEmpty());
        if (key != null && right) {
            return ClientIdRules.admit(view, attempt, Principal.of(key, view));
        }
        String detail = key == null
                ? FailureText.of("access key", keyId, "one of instance " + view.id())
                : FailureText.of(
                        "password", "wrong for access key " + key.id(), "Base64 of HMAC-SHA1 of the client ID");
        return counted(attempt, view.id(), bad(detail));
    }
}
