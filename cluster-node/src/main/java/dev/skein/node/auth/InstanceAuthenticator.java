package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.User;
import dev.skein.protocol.apsara.SignatureUsername;
import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.wire.FailureText;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides by what the registry knows of the instance.
 *
 * <p>Everything but the check of a password hash is done at once on the caller's thread. Only wrong passwords and
 * signatures count against an address; one that is over its budget still gets in with a signature that is right or a
 * password that was found right from there before.
 */
public final class InstanceAuthenticator implements Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceAuthenticator.class);

    private static final String SIGNATURE = "Signature|";
    private static final String UNKNOWN_KEY = "no such access key: signed all the same, so that it takes as long";
    private static final byte[] NO_PASSWORD = new byte[0];

    private final InstanceViews views;
    private final Executor hashExecutor;
    private final FailureLimiter failures;
    private final VerifiedCredentials verified;

    /**
     * @param hashExecutor checks password hashes; bounded, see {@link AuthSettings#newHashExecutor}
     * @param nanoClock such as {@code System::nanoTime}
     */
    public InstanceAuthenticator(
            InstanceViews views, AuthSettings settings, Executor hashExecutor, LongSupplier nanoClock) {
        this.views = views;
        this.hashExecutor = hashExecutor;
        this.failures = new FailureLimiter(settings, nanoClock);
        this.verified = new VerifiedCredentials(settings.verifiedCache(), new SecureRandom());
    }

    @Override
    public void authenticate(ConnectAttempt attempt, Consumer<AuthResult> done) {
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
            password(attempt, username, done);
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
            return failed(attempt, noInstance(parsed.instanceId(), Reason.BAD_CREDENTIALS));
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
        return failed(attempt, new Refused(Reason.BAD_CREDENTIALS, detail));
    }

    private void password(ConnectAttempt attempt, String username, Consumer<AuthResult> done) {
        Login login = Login.of(username, attempt.listenerInstance(), views);
        InstanceView view = views.find(login.instance());
        if (view == null) {
            done.accept(noInstance(login.instance(), Reason.SERVER_UNAVAILABLE));
            return;
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused == null && attempt.password() == null) {
            refused = new Refused(
                    Reason.BAD_CREDENTIALS, FailureText.of("password", "none for user " + login.name(), "one"));
        }
        if (refused != null) {
            done.accept(refused);
            return;
        }
        AuthResult known = knownOrLimited(view, login, attempt);
        if (known != null) {
            done.accept(known);
            return;
        }
        try {
            hashExecutor.execute(() -> done.accept(checkHash(login, attempt)));
        } catch (RejectedExecutionException e) {
            done.accept(new Refused(
                    Reason.SERVER_UNAVAILABLE, "password: too many wait to be checked (expected: room in the queue)"));
        }
    }

    /** Null when the hash must be computed to know. */
    private @Nullable AuthResult knownOrLimited(InstanceView view, Login login, ConnectAttempt attempt) {
        User user = view.user(login.name());
        InetAddress address = attempt.remote().getAddress();
        byte[] password = passwordOf(attempt);
        boolean limited = address != null && failures.exhausted(address);
        if (user != null) {
            // From an address over its budget only what was right from there: else the cache would tell guesses apart.
            boolean known = limited
                    ? verified.containsFrom(view.id(), user, password, address)
                    : verified.contains(view.id(), user, password);
            if (known) {
                return ClientIdRules.admit(view, attempt, user.name());
            }
        }
        return limited ? rateLimited(attempt) : null;
    }

    /** On a thread of the hash executor; maybe long after the attempt, so everything is looked up again. */
    private AuthResult checkHash(Login login, ConnectAttempt attempt) {
        try {
            InstanceView view = views.find(login.instance());
            if (view == null) {
                return noInstance(login.instance(), Reason.SERVER_UNAVAILABLE);
            }
            AuthResult known = knownOrLimited(view, login, attempt);
            return known != null ? known : checkHash(view, login, attempt);
        } catch (RuntimeException e) {
            LOG.error("A password hash in instance {} cannot be checked", login.instance(), e);
            return new Refused(Reason.SERVER_UNAVAILABLE, "password: cannot be checked");
        }
    }

    private AuthResult checkHash(InstanceView view, Login login, ConnectAttempt attempt) {
        User user = view.user(login.name());
        byte[] password = passwordOf(attempt);
        // Somebody's hash also for nobody: who does not exist takes as long as who does.
        String hash = user != null
                ? user.passwordHash().value()
                : view.users().values().stream()
                        .findFirst()
                        .map(other -> other.passwordHash().value())
                        .orElse(PasswordHashes.NOBODY);
        boolean right = PasswordHashes.verify(hash, password);
        if (user == null || !right) {
            String what =
                    user == null ? "user: %s (expected: one of instance %s)" : "password: wrong for user %s of %s";
            return failed(attempt, new Refused(Reason.BAD_CREDENTIALS, what.formatted(login.name(), view.id())));
        }
        InetAddress address = attempt.remote().getAddress();
        if (address != null) {
            verified.add(view.id(), user, password, address);
        }
        return ClientIdRules.admit(view, attempt, user.name());
    }

    /** Counts a failure; one too many is answered as such, whatever it was. */
    private Refused failed(ConnectAttempt attempt, Refused refused) {
        InetAddress address = attempt.remote().getAddress();
        if (address == null) {
            return refused;
        }
        if (failures.exhausted(address)) {
            return rateLimited(attempt);
        }
        failures.failed(address);
        return refused;
    }

    private static Refused rateLimited(ConnectAttempt attempt) {
        return new Refused(
                Reason.RATE_LIMITED,
                "address: %s has failed too often (expected: at most skein.auth.failures-burst)"
                        .formatted(attempt.remote().getAddress()));
    }

    private static Refused noInstance(String instance, Reason reason) {
        return new Refused(reason, FailureText.of("instance", instance, "one that skein.instances configures"));
    }

    private static byte[] passwordOf(ConnectAttempt attempt) {
        byte[] password = attempt.password();
        return password == null ? NO_PASSWORD : password;
    }

    /** A user name and the instance it belongs to. */
    private record Login(String instance, String name) {
        static Login of(String username, String listenerInstance, InstanceViews views) {
            int at = username.lastIndexOf('@');
            return at > 0 && views.find(username.substring(at + 1)) != null
                    ? new Login(username.substring(at + 1), username.substring(0, at))
                    : new Login(listenerInstance, username);
        }
    }
}
