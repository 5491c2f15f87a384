package dev.skein.node.auth;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.persistence.api.DeviceCredential;
import dev.skein.protocol.apsara.ModeUsername;
import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.wire.FailureText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * User names {@code DeviceCredential|<DeviceAccessKeyId>|<InstanceId>} with the client ID signed as the password, under
 * the secret of the one device that has the credential. An attempt reads the store once, and holds its permit to
 * connect meanwhile: there are no more reads at a time than permits.
 */
final class DeviceScheme extends ModeScheme {
    private static final String UNKNOWN_KEY = "no such credential: signed all the same, so that it takes as long";

    private final CredentialStore credentials;

    DeviceScheme(InstanceViews views, CredentialStore credentials, FailureLimiter failures) {
        super(ModeUsername.DEVICE, "DeviceAccessKeyId", views, failures);
        this.credentials = credentials;
    }

    @Override
    boolean isKeyId(String keyId) {
        return DeviceService.isKeyId(keyId);
    }

    @Override
    void check(InstanceView view, ConnectAttempt attempt, String keyId, Consumer<AuthResult> done) {
        decide(
                credentials.device(view.id(), keyId),
                "device credential",
                keyId,
                device -> decide(view, attempt, keyId, device),
                done);
    }

    private AuthResult decide(
            InstanceView view, ConnectAttempt attempt, String keyId, @Nullable DeviceCredential device) {
        boolean right = Signatures.matches(
                device == null ? UNKNOWN_KEY : device.secret(), attempt.clientId(), attempt.passwordOrEmpty());
        if (device != null && right && device.clientId().equals(attempt.clientId())) {
            return ClientIdRules.admit(view, attempt, Principal.of(device));
        }
        String detail;
        if (device == null) {
            detail = FailureText.of("device credential", keyId, "one of instance " + view.id());
        } else if (right) {
            detail = FailureText.of(
                    "clientId", attempt.clientId(), "that of device credential " + keyId + ", " + device.clientId());
        } else {
            detail = FailureText.of(
                    "password", "wrong for device credential " + keyId, "Base64 of HMAC-SHA1 of the client ID");
        }
        return counted(attempt, view.id(), bad(detail));
    }
}
