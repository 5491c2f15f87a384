package dev.skein.loadtest.play;

import dev.skein.loadtest.mqtt.Transport;
import dev.skein.loadtest.scenario.Group.Credentials;
import dev.skein.loadtest.scenario.Group.Wire;
import dev.skein.protocol.apsara.ModeUsername;
import dev.skein.protocol.apsara.Signatures;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The broker and how to reach it.
 *
 * @param ways by transport; {@link Wire#ANY} is there always
 * @param credentials of groups that have none of their own; null for none
 * @param sources local addresses to connect from, in turn; empty for the system's choice
 * @param threads event loops, 1 upward
 * @param mostPending connections that may be under way at once, 1 upward
 */
public record Access(
        Map<Wire, Transport.Way> ways,
        @Nullable Credentials credentials,
        List<InetAddress> sources,
        int threads,
        int mostPending) {
    /** Copies what can change. */
    public Access {
        ways = Map.copyOf(ways);
        sources = List.copyOf(sources);
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
        if (mostPending < 1) {
            throw new IllegalArgumentException("pending: " + mostPending + " (expected: >= 1)");
        }
    }

    Transport.Way way(Wire wire) {
        return Objects.requireNonNull(ways.get(wire), () -> "way: " + wire);
    }

    /** User name and password of one client, or nothing. */
    record Login(@Nullable String username, @Nullable String password) {}

    Login login(@Nullable Credentials ofGroup, String clientId) {
        Credentials chosen = ofGroup == null ? credentials : ofGroup;
        if (chosen == null) {
            return new Login(null, null);
        }
        String instance = chosen.instance();
        if (instance == null) {
            return new Login(chosen.username(), chosen.secret());
        }
        return new Login(
                new ModeUsername(ModeUsername.SIGNATURE, chosen.username(), instance).toString(),
                Signatures.sign(chosen.secret(), clientId));
    }
}
