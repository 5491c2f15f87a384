package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import java.net.InetAddress;
import java.util.function.Consumer;

/** Clients without a user name, where the instance of their listener admits them. */
final class AnonymousScheme implements CredentialScheme {
    private final InstanceViews views;

    AnonymousScheme(InstanceViews views) {
        this.views = views;
    }

    @Override
    public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username != null && !username.isEmpty()) {
            return false;
        }
        done.accept(ClientIdRules.decideOnListener(views, attempt, view -> decide(view, attempt)));
        return true;
    }

    private static AuthResult decide(InstanceView view, ConnectAttempt attempt) {
        boolean admitted = switch (view.anonymous()) {
            case NEVER -> false;
            case LOOPBACK -> isLoopback(attempt);
            case ALWAYS -> true;
        };
        return admitted
                ? ClientIdRules.admit(view, attempt, Principal.ANONYMOUS)
                : new Refused(
                        Reason.NOT_AUTHORIZED,
                        "username: none (expected: one; instance %s admits anonymous clients: %s)"
                                .formatted(view.id(), inWords(view)));
    }

    private static String inWords(InstanceView view) {
        return switch (view.anonymous()) {
            case NEVER -> "never";
            case LOOPBACK -> "from loopback only";
            case ALWAYS -> "always";
        };
    }

    private static boolean isLoopback(ConnectAttempt attempt) {
        InetAddress address = attempt.remote().getAddress();
        return address != null && address.isLoopbackAddress();
    }
}
