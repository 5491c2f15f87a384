package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.InstanceViews;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a chain of {@link CredentialScheme}s. The first that an attempt belongs to decides on it alone: no other is
 * asked when that one refuses.
 */
public final class InstanceAuthenticator implements Authenticator {
    private final List<CredentialScheme> schemes;
    private final List<EnhancedScheme> enhanced;

    /**
     * @param schemes in the order in which they are asked
     * @param enhanced the methods of enhanced authentication
     */
    InstanceAuthenticator(List<CredentialScheme> schemes, List<EnhancedScheme> enhanced) {
        this.schemes = List.copyOf(schemes);
        this.enhanced = List.copyOf(enhanced);
    }

    /**
     * The chain of this release. Where certificates say who clients are, nothing else does. User names of a mode are
     * told by what they begin with, every other one is a user's, and who gives none is anonymous.
     *
     * @param hashExecutor checks password hashes, {@link AuthSettings#hashThreads} at once, see
     *     {@link AuthSettings#newHashExecutor}
     * @param nanoClock such as {@code System::nanoTime}
     * @param timer runs a task once, after a time
     * @param clock by which tokens expire
     */
    public static InstanceAuthenticator create(
            InstanceViews views,
            CredentialStore credentials,
            AuthSettings settings,
            Executor hashExecutor,
            LongSupplier nanoClock,
            BiConsumer<Duration, Runnable> timer,
            InstantSource clock) {
        FailureLimiter failures = new FailureLimiter(settings, nanoClock, timer);
        HashQueue hashes = new HashQueue(hashExecutor, settings.hashThreads(), settings.hashQueue());
        SecureRandom random = new SecureRandom();
        VerifiedCredentials verified = new VerifiedCredentials(settings.verifiedCache(), random);
        return new InstanceAuthenticator(
                List.of(
                        new CertificateScheme(views),
                        new SignatureScheme(views, credentials, failures),
                        new TokenScheme(views, credentials, failures, clock),
                        new DeviceScheme(views, credentials, failures),
                        new PasswordScheme(views, credentials, hashes, failures, verified),
                        new AnonymousScheme(views)),
                List.of(new ScramScheme(views, credentials, failures, random)));
    }

    @Override
    public @Nullable EnhancedScheme enhanced(String method, ConnectAttempt attempt) {
        if (attempt.certificate() != null) {
            return null; // it says who the client is
        }
        for (EnhancedScheme scheme : enhanced) {
            if (scheme.method().equals(method)) {
                return scheme;
            }
        }
        return null;
    }

    @Override
    public void authenticate(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        for (CredentialScheme scheme : schemes) {
            if (scheme.check(attempt, waits, done)) {
                return;
            }
        }
        done.accept(new Refused(
                Reason.BAD_CREDENTIALS, "credentials: of no known kind (expected: those of a scheme of this release)"));
    }
}
