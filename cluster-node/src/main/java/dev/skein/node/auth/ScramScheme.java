package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.auth.ScramExchange.WrongMessageException;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.PasswordHashFormat;
import dev.skein.node.registry.User;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * SCRAM-SHA-256 for users whose {@code password-hash} is of that form: the password itself never comes here. A proof
 * costs no hash, but is a guess as a password is one, and passes the {@link FailureLimiter} of the same user. Who has
 * no such hash is challenged and refused as somebody with a wrong password. Thread-safe.
 */
final class ScramScheme implements EnhancedScheme {
    private static final int NONCE_BYTES = 18;

    private final InstanceViews views;
    private final CredentialStore credentials;
    private final FailureLimiter failures;
    private final SecureRandom random;

    ScramScheme(InstanceViews views, CredentialStore credentials, FailureLimiter failures, SecureRandom random) {
        this.views = views;
        this.credentials = credentials;
        this.failures = failures;
        this.random = random;
    }

    @Override
    public String method() {
        return "SCRAM-SHA-256";
    }

    @Override
    public Exchange begin(ConnectAttempt attempt) {
        return new Asking(attempt);
    }

    private String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** What is kept for SCRAM of the password of {@code user}, or null. */
    private static @Nullable String hash(@Nullable User user) {
        String hash = user == null ? "" : user.passwordHash().value();
        return hash.startsWith(PasswordHashFormat.SCRAM) ? hash : null;
    }

    /** One exchange. */
    private final class Asking implements Exchange {
        private final ConnectAttempt attempt;
        private @Nullable ScramExchange scram; // since the first message
        private Login login = new Login("", "");
        private @Nullable String challenged; // the hash that the challenge was made of

        Asking(ConnectAttempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public void take(byte[] data, Answer answer) {
            ScramExchange begun = scram;
            try {
                if (begun == null) {
                    first(new ScramExchange(data), answer);
                } else {
                    begun.take(data);
                    ask(begun, answer);
                }
            } catch (WrongMessageException e) {
                answer.refused(new Refused(Reason.BAD_CREDENTIALS, String.valueOf(e.getMessage())));
            }
        }

        private void first(ScramExchange begins, Answer answer) {
            scram = begins;
            login = Login.of(begins.username(), attempt, views);
            InstanceView view = views.find(login.instance());
            Refused refused = view == null ? noInstance() : ClientIdRules.violation(view, attempt);
            if (refused != null) {
                answer.refused(refused);
                return;
            }
            Lookup.then(
                    credentials.user(login.instance(), login.name()),
                    Runnable::run,
                    user -> {
                        challenged = hash(user);
                        ScramSecret decoy = credentials.decoy(login.instance(), login.name());
                        ScramSecret secret = challenged == null ? decoy : ScramSecret.parse(challenged);
                        answer.more(begins.challenge(secret, nonce()));
                    },
                    () -> answer.refused(noAnswer()));
        }

        private void ask(ScramExchange complete, Answer answer) {
            InetAddress address = attempt.remote().getAddress();
            if (address == null) {
                check(complete, null, answer);
                return;
            }
            Passes.ask(
                    failures,
                    FailureLimiter.Key.of(address, login.instance(), login.name()),
                    FailureLimiter.Key.of(address),
                    passes -> check(complete, passes, answer),
                    answer::waits,
                    () -> answer.refused(Refusals.rateLimited(attempt, "user " + login.name())));
        }

        /** Maybe some time after the challenge, so everything is looked up again. */
        private void check(ScramExchange complete, @Nullable Passes passes, Answer answer) {
            if (passes != null && passes.isStale()) {
                passes.over(false);
                ask(complete, answer);
                return;
            }
            Lookup.then(
                    credentials.user(login.instance(), login.name()),
                    Runnable::run,
                    user -> {
                        boolean right = complete.isProven() && user != null && Objects.equals(hash(user), challenged);
                        over(passes, !right);
                        decide(complete, right ? user : null, answer);
                    },
                    () -> {
                        over(passes, false);
                        answer.refused(noAnswer());
                    });
        }

        private static void over(@Nullable Passes passes, boolean failed) {
            if (passes != null) {
                passes.over(failed);
            }
        }

        /** @param user null when the proof is wrong */
        private void decide(ScramExchange complete, @Nullable User user, Answer answer) {
            InstanceView view = views.find(login.instance());
            if (view == null) {
                answer.refused(noInstance());
            } else if (user == null) {
                answer.refused(wrong(view));
            } else {
                switch (ClientIdRules.admit(view, attempt, Principal.of(user))) {
                    case Accepted accepted -> answer.accepted(accepted.identity(), complete.verifier());
                    case Refused refused -> answer.refused(refused);
                }
            }
        }

        private Refused wrong(InstanceView view) {
            String what = challenged == null
                    ? "user: %s (expected: one of instance %s with a password-hash for SCRAM-SHA-256)"
                    : "password: wrong for user %s of %s";
            return new Refused(Reason.BAD_CREDENTIALS, what.formatted(login.name(), view.id()));
        }

        private Refused noInstance() {
            return Refusals.noInstance(login.instance(), Reason.SERVER_UNAVAILABLE);
        }

        private Refused noAnswer() {
            return Refusals.noAnswer("user", login.name());
        }
    }
}
