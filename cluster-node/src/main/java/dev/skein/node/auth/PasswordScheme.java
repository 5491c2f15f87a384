package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.User;
import dev.skein.protocol.wire.FailureText;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * User names with passwords. What is known to be right or wrong is answered at once; the rest costs a hash, and passes
 * the {@link FailureLimiter} first, once for the user at its address and once for the address. Thread-safe.
 */
final class PasswordScheme implements CredentialScheme {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordScheme.class);

    private final InstanceViews views;
    private final CredentialStore credentials;
    private final HashQueue hashes;
    private final FailureLimiter failures;
    private final VerifiedCredentials verified;

    PasswordScheme(
            InstanceViews views,
            CredentialStore credentials,
            HashQueue hashes,
            FailureLimiter failures,
            VerifiedCredentials verified) {
        this.views = views;
        this.credentials = credentials;
        this.hashes = hashes;
        this.failures = failures;
        this.verified = verified;
    }

    @Override
    public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
        String username = attempt.username();
        if (username == null || username.isEmpty()) {
            return false;
        }
        Login login = Login.of(username, attempt, views);
        InstanceView view = views.find(login.instance());
        if (view == null) {
            done.accept(Refusals.noInstance(login.instance(), Reason.SERVER_UNAVAILABLE));
            return true;
        }
        Refused refused = ClientIdRules.violation(view, attempt);
        if (refused == null && attempt.password() == null) {
            refused = new Refused(
                    Reason.BAD_CREDENTIALS, FailureText.of("password", "none for user " + login.name(), "one"));
        }
        if (refused != null) {
            done.accept(refused);
            return true;
        }
        InetAddress address = attempt.remote().getAddress();
        Asking asking = new Asking(login, attempt, waits, done);
        if (address == null) {
            asking.hash(null);
        } else {
            asking.begin(view, address);
        }
        return true;
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
            this.password = attempt.passwordOrEmpty();
            this.waits = waits;
            this.done = done;
        }

        void begin(InstanceView view, InetAddress address) {
            Lookup.then(
                    credentials.user(login.instance(), login.name()),
                    Runnable::run,
                    user -> begin(view, address, user),
                    () -> done.accept(noAnswer()));
        }

        private void begin(InstanceView view, InetAddress address, @Nullable User known) {
            FailureLimiter.Key user = FailureLimiter.Key.of(address, login.instance(), login.name());
            FailureLimiter.Key whole = FailureLimiter.Key.of(address);
            // Who guesses must not find out by the cache, faster than by hashes, what was right from elsewhere.
            boolean slow = failures.exhausted(user) || failures.exhausted(whole);
            if (known != null && isRight(view, known, slow ? address : null)) {
                done.accept(ClientIdRules.admit(view, attempt, Principal.of(known)));
            } else if (verified.isWrong(view.id(), login.name(), known, password)) {
                done.accept(wrong(view, known)); // tried before: no guess, so that it counts no more
            } else {
                Passes.ask(
                        failures,
                        user,
                        whole,
                        this::hash,
                        waits,
                        () -> done.accept(Refusals.rateLimited(attempt, "user " + login.name())));
            }
        }

        private boolean isRight(InstanceView view, User user, @Nullable InetAddress from) {
            return from == null
                    ? verified.contains(view.id(), user, password)
                    : verified.containsFrom(view.id(), user, password, from);
        }

        /** @param passes null when the address is not known */
        void hash(@Nullable Passes passes) {
            waits.run(); // for as long as others have to be checked before
            onHashThread(passes, () -> hashed(passes));
        }

        private void onHashThread(@Nullable Passes passes, Runnable task) {
            InetAddress address = attempt.remote().getAddress();
            boolean failed = address != null && failures.hasFailed(FailureLimiter.Key.of(address));
            hashes.add(login.instance(), address, failed, new HashQueue.Check() {
                @Override
                public void run() {
                    task.run();
                }

                @Override
                public void refused() {
                    Refused refused = new Refused(
                            Reason.SERVER_UNAVAILABLE,
                            "password: too many wait to be checked (expected: room in the queue)");
                    finish(passes, new Outcome(refused, false));
                }
            });
        }

        private void finish(@Nullable Passes passes, Outcome outcome) {
            if (passes != null) {
                passes.over(outcome.failed());
            }
            done.accept(outcome.answer());
        }

        /** On a thread of the hash executor; maybe long after the attempt, so everything is looked up again. */
        private void hashed(@Nullable Passes passes) {
            Lookup.then(
                    credentials.user(login.instance(), login.name()),
                    task -> onHashThread(passes, task),
                    user -> hashed(passes, user),
                    () -> finish(passes, new Outcome(noAnswer(), false)));
        }

        private void hashed(@Nullable Passes passes, @Nullable User user) {
            InstanceView view = views.find(login.instance());
            if (view == null) {
                Refused refused = Refusals.noInstance(login.instance(), Reason.SERVER_UNAVAILABLE);
                finish(passes, new Outcome(refused, false));
            } else if (passes != null && passes.isStale()) {
                passes.over(false);
                begin(view, attempt.remote().getAddress());
            } else {
                finish(passes, outcome(view, user));
            }
        }

        private Outcome outcome(InstanceView view, @Nullable User user) {
            try {
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
            return ClientIdRules.admit(view, attempt, Principal.of(user));
        }

        private boolean matches(InstanceView view, @Nullable User user) {
            // Somebody's hash also for nobody: who does not exist takes as long as who does.
            String sample = user != null ? user.passwordHash().value() : credentials.sampleHash(view.id());
            String hash = sample != null ? sample : PasswordHashes.NOBODY;
            return PasswordHashes.verify(hash, password) && user != null;
        }

        private Refused noAnswer() {
            return Refusals.noAnswer("user", login.name());
        }

        private Refused wrong(InstanceView view, @Nullable User user) {
            String what =
                    user == null ? "user: %s (expected: one of instance %s)" : "password: wrong for user %s of %s";
            return new Refused(Reason.BAD_CREDENTIALS, what.formatted(login.name(), view.id()));
        }
    }
}
