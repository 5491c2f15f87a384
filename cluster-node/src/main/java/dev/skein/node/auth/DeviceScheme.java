package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
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
 * the secret of the one device that has the credential. An attempt reads the store once, and keeps its turn meanwhile:
 * the store has no more to read than there are turns.
 */
final class DeviceScheme implements CredentialScheme {
    private static final String PREFIX = ModeUsername.DEVICE + "|";
    private static final String UNKNOWN_KEY = "no such credential: signed all the same, so that it takes as long";

    private final InstanceViews views;
    private final CredentialStore credentials;
    private final FailureLimiter failures;

    DeviceScheme(InstanceViews views, CredentialStore credentials, FailureLimiter failures) {
        this.views = views;
        this.credentials = credentials;
        this.failures = failures;
    }

    @Override
    public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username == null || !username.startsWith(PREFIX)) {
            return false;
        }
        ModeUsername parsed = ModeUsername.parse(ModeUsername.DEVICE, username);
        if (parsed == null || !DeviceService.isKeyId(parsed.keyId())) {
            done.accept(new Refused(
                    Reason.BAD_CREDENTIALS,
                    "username: cannot be read (expected: DeviceCredential|<DeviceAccessKeyId>|<InstanceId>)"));
            return true;
        }
        // An instance that the listener does not lead to is answered as one that does not exist.
        InstanceView view = attempt.mayReach(parsed.instanceId()) ? views.find(parsed.instanceId()) : null;
        if (view == null) {
            Refused refused = Refusals.noInstance(parsed.instanceId(), Reason.BAD_CREDENTIALS);
            done.accept(ClientFailures.count(failures, attempt, parsed.instanceId(), PREFIX, refused));
            return true;
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused != null) {
            done.accept(refused);
            return true;
        }
        String keyId = parsed.keyId();
        Lookup.then(
                credentials.device(view.id(), keyId),
                Runnable::run,
                device -> done.accept(decide(view, attempt, keyId, device)),
                () -> done.accept(Refusals.noAnswer("device credential", keyId)));
        return true;
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
        return ClientFailures.count(failures, attempt, view.id(), PREFIX, new Refused(Reason.BAD_CREDENTIALS, detail));
    }
}
