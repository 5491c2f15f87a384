package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.protocol.apsara.SignatureUsername;
import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.wire.FailureText;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Decides by what the registry knows of the instance.
 *
 * <p>Everything but the check of a password hash is done at once on the caller's thread. Only wrong passwords and
 * signatures count, see {@link FailureLimiter}; a signature that is right always gets in.
 */
public final class InstanceAuthenticator implements Authenticator {
    private static final String SIGNATURE = "Signature|";
    private static final String UNKNOWN_KEY = "no such access key: signed all the same, so that it takes as long";
    private static final byte[] NO_PASSWORD = new byte[0];

    private final InstanceViews views;
    private final FailureLimiter failures;
    private final PasswordLogins passwords;

    /**
     * @param hashExecutor checks password hashes; bounded, see {@link AuthSettings#newHashExecutor}
     * @param nanoClock such as {@code System::nanoTime}
     * @param timer runs a task once, after a time
     */
    public InstanceAuthenticator(
            InstanceViews views,
            AuthSettings settings,
            Executor hashExecutor,
            LongSupplier nanoClock,
            BiConsumer<Duration, Runnable> timer) {
        this.views = views;
        this.failures = new FailureLimiter(settings, nanoClock, timer);
        this.passwords = new PasswordLogins(
                views, hashExecutor, failures, new VerifiedCredentials(settings.verifiedCache(), new SecureRandom()));
    }

    @Override
    public void authenticate(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username == null || username.isEmpty()) {
            done.accept(anonymous(attempt));
        } else if (username.startsWith(SIGNATURE)) {
            done.accept(signature(attempt, username));
        } else if (username.startsWith("Token|") || username.startsWith("DeviceCredential|")) {
            done.accept(new Refused(
                    Reason.BAD_CREDENTIALS,
                    "username: mode %s (expected: Signature, or a user name; this release knows no other mode)"
                            .formatted(username.substring(0, username.indexOf('|')))));
        } else {
            passwords.check(attempt, username, waits, done);
        }
    }

    private AuthResult anonymous(ConnectAttempt attempt) {
        InstanceView view = views.find(attempt.listenerInstance());
        if (view == null) {
            return noInstance(attempt.listenerInstance(), Reason.SERVER_UNAVAILABLE);
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused != null) {
            return refused;
        }
        boolean admitted = switch (view.anonymous()) {
            case NEVER -> false;
            case LOOPBACK -> isLoopback(attempt);
            case ALWAYS -> true;
        };
        return admitted
                ? ClientIdRules.admit(view, attempt, null)
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

    private AuthResult signature(ConnectAttempt attempt, String username) {
        SignatureUsername parsed = SignatureUsername.parse(username);
        if (parsed == null) {
            return new Refused(
                    Reason.BAD_CREDENTIALS,
                    "username: cannot be read (expected: Signature|<AccessKeyId>|<InstanceId>)");
        }
        InstanceView view = views.find(parsed.instanceId());
        if (view == null) {
            return failed(attempt, parsed.instanceId(), noInstance(parsed.instanceId(), Reason.BAD_CREDENTIALS));
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused != null) {
            return refused;
        }
        AccessKey key = view.accessKey(parsed.accessKeyId());
        boolean right = Signatures.matches(
                key == null ? UNKNOWN_KEY : key.secret().value(), attempt.clientId(), passwordOf(attempt));
        if (key != null && right) {
            return ClientIdRules.admit(view, attempt, key.id());
        }
        String detail = key == null
                ? FailureText.of("access key", parsed.accessKeyId(), "one of instance " + view.id())
                : FailureText.of(
                        "password", "wrong for access key " + key.id(), "Base64 of HMAC-SHA1 of the client ID");
        return failed(attempt, view.id(), new Refused(Reason.BAD_CREDENTIALS, detail));
    }

    /**
     * Counts a failure of this client at this address alone; one too many is answered as such. A signature costs next
     * to nothing to check and cannot be guessed, so that nobody else has to wait for it.
     */
    private Refused failed(ConnectAttempt attempt, String instance, Refused refused) {
        InetAddress address = attempt.remote().getAddress();
        if (address == null) {
            return refused;
        }
        FailureLimiter.Key key = FailureLimiter.Key.of(address, instance, SIGNATURE + attempt.clientId());
        if (failures.exhausted(key)) {
            return rateLimited(attempt, "client ID " + attempt.clientId());
        }
        failures.failed(key);
        return refused;
    }

    /** What who guesses gets. */
    static Refused rateLimited(ConnectAttempt attempt, String who) {
        return new Refused(
                Reason.RATE_LIMITED,
                "%s at %s: too many failed (expected: skein.auth.failures-burst, then failures-per-second)"
                        .formatted(who, attempt.remote().getAddress()));
    }

    static Refused noInstance(String instance, Reason reason) {
        return new Refused(reason, FailureText.of("instance", instance, "one that skein.instances configures"));
    }

    static byte[] passwordOf(ConnectAttempt attempt) {
        byte[] password = attempt.password();
        return password == null ? NO_PASSWORD : password;
    }
}
