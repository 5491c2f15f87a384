package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import java.util.function.Consumer;

/**
 * Clients of a listener on which certificates say who they are. They are of the listener's instance; user name and
 * password are not looked at.
 */
final class CertificateScheme implements CredentialScheme {
    private final InstanceViews views;

    CertificateScheme(InstanceViews views) {
        this.views = views;
    }

    @Override
    public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        ConnectAttempt.Certificate certificate = attempt.certificate();
        if (certificate == null) {
            return false;
        }
        done.accept(ClientIdRules.decideOnListener(views, attempt, view -> decide(view, attempt, certificate)));
        return true;
    }

    private static AuthResult decide(
            InstanceView view, ConnectAttempt attempt, ConnectAttempt.Certificate certificate) {
        String name = certificate.name();
        return name == null
                ? new Refused(Reason.NOT_AUTHORIZED, certificate.problem())
                : ClientIdRules.admit(view, attempt, Principal.ofCertificate(name, certificate.clientIds()));
    }
}
