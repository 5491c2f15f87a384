package dev.skein.loadtest.scenario;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Clients of one kind.
 *
 * @param name as flows and phases call it
 * @param count at full scale, 1 upward
 * @param scaled whether a scale changes the count
 * @param clientId a template of the client identifiers
 * @param clean the Clean Session flag
 * @param subscriptions sent after CONNACK, unless {@code later}
 * @param later whether subscriptions wait for a phase
 * @param transport how its clients connect
 * @param credentials of these clients; null for those of the command line
 * @param readEvery a slow reader: it reads one piece of at most 4 KiB each time; null for a quick one
 */
public record Group(
        String name,
        int count,
        boolean scaled,
        String clientId,
        boolean clean,
        List<Subscription> subscriptions,
        boolean later,
        Wire transport,
        @Nullable Credentials credentials,
        @Nullable Duration readEvery) {
    /** Copies the list. */
    public Group {
        subscriptions = List.copyOf(subscriptions);
    }

    /** How clients connect. */
    public enum Wire {
        /** As the command line says. */
        ANY,
        /** Plain TCP. */
        TCP,
        /** TLS. */
        TLS,
        /** WebSocket. */
        WS,
        /** WebSocket over TLS. */
        WSS
    }

    /**
     * One subscription.
     *
     * @param filter a template; of a shared subscription without {@code $share/group/}
     * @param qos 0..2
     * @param shared the group of a shared subscription; null for an ordinary one
     * @param otherwise a template used in place of a shared one where the broker does not share
     */
    public record Subscription(
            String filter,
            int qos,
            @Nullable String shared,
            @Nullable String otherwise) {}

    /**
     * User name and password, or an access key that signs client identifiers.
     *
     * @param username or access key identifier
     * @param secret the password or the access key's secret
     * @param instance of an access key; null for a user name with a password
     */
    public record Credentials(
            String username, String secret, @Nullable String instance) {
        /** Keeps the secret out of logs. */
        @Override
        public String toString() {
            return "Credentials[" + username + "]";
        }
    }
}
