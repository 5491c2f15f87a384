package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Refused;
import java.net.InetAddress;

/**
 * Failures of credentials that cost next to nothing to check and cannot be guessed: nobody else has to wait for them.
 */
final class ClientFailures {
    private ClientFailures() {}

    /**
     * Counts a failure of this client at this address alone; one too many is answered as such.
     *
     * @param mode keeps client IDs of one mode from those of another
     */
    static Refused count(
            FailureLimiter failures, ConnectAttempt attempt, String instance, String mode, Refused refused) {
        InetAddress address = attempt.remote().getAddress();
        if (address == null) {
            return refused;
        }
        FailureLimiter.Key key = FailureLimiter.Key.of(address, instance, mode + attempt.clientId());
        if (failures.exhausted(key)) {
            return Refusals.rateLimited(attempt, "client ID " + attempt.clientId());
        }
        failures.failed(key);
        return refused;
    }
}
