package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.protocol.wire.FailureText;

/** Refusals that several schemes give. */
final class Refusals {
    private Refusals() {}

    /** Too many attempts failed: this one is refused unchecked. */
    static Refused rateLimited(ConnectAttempt attempt, String who) {
        return new Refused(
                Reason.RATE_LIMITED,
                "%s at %s: too many failed (expected: skein.auth.failures-burst, then failures-per-second)"
                        .formatted(who, attempt.remote().getAddress()));
    }

    /** The instance does not exist. */
    static Refused noInstance(String instance, Reason reason) {
        return new Refused(reason, noInstance(instance));
    }

    /** That the instance does not exist, in words. */
    static String noInstance(String instance) {
        return FailureText.of("instance", instance, "one that skein.instances configures");
    }

    /** The {@link CredentialStore} failed; nobody was found wrong. */
    static Refused noAnswer(String what, String name) {
        return new Refused(
                Reason.SERVER_UNAVAILABLE,
                FailureText.of(what, name, "an answer of the credential store, whose own log line has the cause"));
    }
}
