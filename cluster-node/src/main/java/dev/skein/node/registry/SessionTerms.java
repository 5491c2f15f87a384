package dev.skein.node.registry;

import dev.skein.protocol.message.SessionTerm;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long sessions and wills live in an instance, by what a client wants and what the instance grants. */
public final class SessionTerms {
    /** Of an instance that this node does not know yet: nothing is lost. */
    private static final Duration UNKNOWN = Duration.ofDays(3650);

    private SessionTerms() {}

    /**
     * What a client gets that wants {@code term}: its expiry between {@code sessions.expiry-min} and
     * {@code sessions.expiry-max}. 0 stays 0, and a client that does not say for how long has what the settings say.
     * CONNACK tells an expiry that differs [MQTT-3.2.2-16].
     */
    public static SessionTerm granted(InstanceView view, SessionTerm term) {
        long wanted = term.expirySeconds();
        if (wanted == SessionTerm.BY_SETTINGS || wanted == 0) {
            return term;
        }
        return new SessionTerm(term.cleanStart(), granted(view, wanted));
    }

    /** The same of an expiry that DISCONNECT names; 0 stays 0. */
    public static long granted(InstanceView view, long expirySeconds) {
        if (expirySeconds <= 0) {
            return expirySeconds;
        }
        SessionRules rules = view.sessions();
        long min = rules.expiryMin().toSeconds();
        long max = rules.expiryMax().toSeconds();
        return max == 0 || expirySeconds <= max ? Math.max(min, expirySeconds) : max;
    }

    /** How long a session lives that does not say so itself; {@code view} is null for an instance that is unknown. */
    public static Duration bySettings(@Nullable InstanceView view) {
        return view == null ? UNKNOWN : view.sessions().expiry();
    }

    /**
     * How long a will waits after the end of its connection: its delay, or until its session ends [MQTT-3.1.3-9].
     *
     * @param expirySeconds of the session
     */
    public static long willDelay(@Nullable InstanceView view, long expirySeconds, long delaySeconds) {
        if (expirySeconds == SessionTerm.NEVER) {
            return delaySeconds;
        }
        long lives = expirySeconds == SessionTerm.BY_SETTINGS ? bySettings(view).toSeconds() : expirySeconds;
        return Math.min(delaySeconds, lives);
    }
}
