package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.auth.FailureLimiter.Pass;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.User;
import dev.skein.protocol.wire.FailureText;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * User names with passwords. What is known to be right or wrong is answered at once; the rest costs a hash, and passes
 * the {@link FailureLimiter} first, once for the user at its address and once for the address. Thread-safe.
 */
final class PasswordLogins {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordLogins.class);

    private final InstanceViews views;
    private final Executor hashExecutor;
    private final FailureLimiter failures;
    private final VerifiedCredentials verified;

    PasswordLogins(InstanceViews views, Executor hashExecutor, FailureLimiter failures, VerifiedCredentials verified) {
        this.views = views;
        this.hashExecutor = hashExecutor;
        this.failures = failures;
        this.verified = verified;
    }

    /** As {@link Authenticator#authenticate}, of an attempt that names a user. */
    void check(ConnectAttempt attempt, String username, Runnable waits, Consumer<AuthResult> done) {
        Login login = Login.of(username, attempt.listenerInstance(), views);
        InstanceView view = views.find(login.instance());
        if (view == null) {
            done.accept(InstanceAuthenticator.noInstance(login.instance(), Reason.SERVER_UNAVAILABLE));
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
        InetAddress address = attempt.remote().getAddress();
        Asking asking = new Asking(login, attempt, waits, done);
        if (address == null) {
            asking.hash(null, null);
        } else {
            asking.begin(view, address);
        }
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

    /** @param failed whether it counts as a guess */
    private record Outcome(AuthResult answer, boolean failed) {}

    /** One attempt on its way to an answer. */
    private final class Asking {
        private final Login login;
        private final ConnectAttempt attempt;
        private final byte[] password;
        private final Runnable waits;
        private final Consumer<AuthResult> done;

        Asking(Login login, ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
            this.login = login;
            this.attempt = attempt;
            this.password = InstanceAuthenticator.passwordOf(attempt);
            this.waits = waits;
            this.done = done;
        }

        void begin(InstanceView view, InetAddress address) {
            FailureLimiter.Key user = FailureLimiter.Key.of(address, login.instance(), login.name());
            FailureLimiter.Key whole = FailureLimiter.Key.of(address);
            User known = view.user(login.name());
            // Who guesses must not find out by the cache, faster than by hashes, what was right from elsewhere.
            boolean slow = failures.exhausted(user) || failures.exhausted(whole);
            if (known != null && isRight(view, known, slow ? address : null)) {
                done.accept(ClientIdRules.admit(view, attempt, known.name()));
            } else if (verified.isWrong(view.id(), login.name(), known, password)) {
                done.accept(wrong(view, known)); // tried before: no guess, so that it counts no more
            } else {
                failures.enter(user, check(passed -> failures.enter(whole, check(both -> hash(passed, both), passed))));
            }
        }

        private boolean isRight(InstanceView view, User user, @Nullable InetAddress from) {
            return from == null
                    ? verified.contains(view.id(), user, password)
                    : verified.containsFrom(view.id(), user, password, from);
        }

        private FailureLimiter.Check check(Consumer<Pass> then) {
            return check(then, null);
        }

        /** @param before to be given back when this one is refused */
        private FailureLimiter.Check check(Consumer<Pass> then, @Nullable Pass before) {
            return new FailureLimiter.Check() {
                @Override
                public void pass(Pass pass) {
                    then.accept(pass);
                }

                @Override
                public void waits() {
                    waits.run();
                }

                @Override
                public void refused() {
                    over(before, false);
                    done.accept(InstanceAuthenticator.rateLimited(attempt, "user " + login.name()));
                }
            };
        }

        private static void over(@Nullable Pass pass, boolean failed) {
            if (pass != null) {
                pass.over(failed);
            }
        }

        /** The passes are null when the address is not known. */
        void hash(@Nullable Pass user, @Nullable Pass whole) {
            try {
                hashExecutor.execute(() -> hashed(user, whole));
            } catch (RejectedExecutionException e) {
                over(user, false);
                over(whole, false);
                done.accept(new Refused(
                        Reason.SERVER_UNAVAILABLE,
                        "password: too many wait to be checked (expected: room in the queue)"));
            }
        }

        /** On a thread of the hash executor; maybe long after the attempt, so everything is looked up again. */
        private void hashed(@Nullable Pass user, @Nullable Pass whole) {
            InstanceView view = views.find(login.instance());
            if (view != null && user != null && whole != null && (user.isStale() || whole.isStale())) {
                user.over(false);
                whole.over(false);
                begin(view, attempt.remote().getAddress());
                return;
            }
            Outcome outcome = outcome(view);
            over(user, outcome.failed());
            over(whole, outcome.failed());
            done.accept(outcome.answer());
        }

        private Outcome outcome(@Nullable InstanceView view) {
            if (view == null) {
                return new Outcome(
                        InstanceAuthenticator.noInstance(login.instance(), Reason.SERVER_UNAVAILABLE), false);
            }
            try {
                User user = view.user(login.name());
                boolean known = user != null && isRight(view, user, null);
                if (known || matches(view, user)) {
                    return new Outcome(admit(view, Objects.requireNonNull(user)), false);
                }
                return new Outcome(wrong(view, user), verified.addWrong(view.id(), login.name(), user, password));
            } catch (RuntimeException e) {
                LOG.error("A password hash in instance {} cannot be checked", login.instance(), e);
                return new Outcome(new Refused(Reason.SERVER_UNAVAILABLE, "password: cannot be checked"), false);
            }
        }

        private AuthResult admit(InstanceView view, User user) {
            InetAddress address = attempt.remote().getAddress();
            if (address != null) {
                verified.add(view.id(), user, password, address);
            }
            return ClientIdRules.admit(view, attempt, user.name());
        }

        private boolean matches(InstanceView view, @Nullable User user) {
            // Somebody's hash also for nobody: who does not exist takes as long as who does.
            String hash = user != null
                    ? user.passwordHash().value()
                    : view.users().values().stream()
                            .findFirst()
                            .map(other -> other.passwordHash().value())
                            .orElse(PasswordHashes.NOBODY);
            return PasswordHashes.verify(hash, password) && user != null;
        }

        private Refused wrong(InstanceView view, @Nullable User user) {
            String what =
                    user == null ? "user: %s (expected: one of instance %s)" : "password: wrong for user %s of %s";
            return new Refused(Reason.BAD_CREDENTIALS, what.formatted(login.name(), view.id()));
        }
    }
}
