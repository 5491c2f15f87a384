package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import java.util.function.Consumer;

/** Modes of ApsaraMQ that this release does not know: refused by name, not taken for names of users. */
final class UnknownModes implements CredentialScheme {
    @Override
    public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username == null || !username.startsWith("DeviceCredential|")) {
            return false;
        }
        done.accept(new Refused(
                Reason.BAD_CREDENTIALS,
                "username: mode %s (expected: Signature, Token, or a user name; this release knows no other mode)"
                        .formatted(username.substring(0, username.indexOf('|')))));
        return true;
    }
}
