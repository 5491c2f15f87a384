package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.protocol.apsara.ModeUsername;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What schemes have in common whose user names are {@code <mode>|<key>|<InstanceId>}: instance and client ID are looked
 * at before the key is. Failures are counted by client ID and address, see {@link ClientFailures}.
 */
abstract class ModeScheme implements CredentialScheme {
    private final String mode;
    private final String form;
    private final InstanceViews views;
    private final FailureLimiter failures;

    /** @param keyName what the user name has in its midst, for log lines */
    ModeScheme(String mode, String keyName, InstanceViews views, FailureLimiter failures) {
        this.mode = mode;
        this.form = "%s|<%s>|<InstanceId>".formatted(mode, keyName);
        this.views = views;
        this.failures = failures;
    }

    @Override
    public final boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username == null || !username.startsWith(ModeUsername.prefix(mode))) {
            return false;
        }
        ModeUsername parsed = ModeUsername.parse(mode, username);
        if (parsed == null || !isKeyId(parsed.keyId())) {
            done.accept(bad("username: cannot be read (expected: " + form + ")"));
            return true;
        }
        // An instance that the listener does not lead to is answered as one that does not exist.
        InstanceView view = attempt.mayReach(parsed.instanceId()) ? views.find(parsed.instanceId()) : null;
        if (view == null) {
            Refused refused = Refusals.noInstance(parsed.instanceId(), Reason.BAD_CREDENTIALS);
            done.accept(noInstance(attempt, parsed.instanceId(), refused));
            return true;
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused == null) {
            check(view, attempt, parsed.keyId(), done);
        } else {
            done.accept(refused);
        }
        return true;
    }

    /** Looks at the key, and at what proves that the client has it. */
    abstract void check(InstanceView view, ConnectAttempt attempt, String keyId, Consumer<AuthResult> done);

    /** Whether a key may be called so. */
    boolean isKeyId(String keyId) {
        return true;
    }

    /** The instance is not there. */
    Refused noInstance(ConnectAttempt attempt, String instance, Refused refused) {
        return counted(attempt, instance, refused);
    }

    /**
     * Decides when the store has answered.
     *
     * @param what a key is called in log lines
     */
    final <T> void decide(
            CompletionStage<Optional<T>> lookup,
            String what,
            String keyId,
            Function<@Nullable T, AuthResult> decision,
            Consumer<AuthResult> done) {
        Lookup.then(
                lookup,
                Runnable::run,
                found -> done.accept(decision.apply(found)),
                () -> done.accept(Refusals.noAnswer(what, keyId)));
    }

    /** A refusal that counts as a failure of the client. */
    final Refused counted(ConnectAttempt attempt, String instance, Refused refused) {
        return ClientFailures.count(failures, attempt, instance, ModeUsername.prefix(mode), refused);
    }

    static Refused bad(String detail) {
        return new Refused(Reason.BAD_CREDENTIALS, detail);
    }
}
