package dev.skein.node.control;

import dev.skein.node.net.Hosts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;

/** Who may ask: the bearer token, and without one only programs and pages of this machine. Immutable. */
final class Guard {
    private static final String SCHEME = "bearer ";

    private final byte[] token;

    Guard(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What is wrong with the headers of a request to {@code /api}; empty when nothing is.
     *
     * @param authorization value of the header, or empty
     * @param host value of the header, or empty
     * @param origin value of the header, or empty
     */
    Optional<Answer> refusal(Optional<String> authorization, Optional<String> host, Optional<String> origin) {
        return token.length == 0 ? browserRefusal(host, origin) : tokenRefusal(authorization);
    }

    /** The same for {@code /metrics}, which needs no token, but is no web site's business either. */
    Optional<Answer> browserRefusalWithoutToken(Optional<String> host, Optional<String> origin) {
        return token.length == 0 ? browserRefusal(host, origin) : Optional.empty();
    }

    private Optional<Answer> tokenRefusal(Optional<String> authorization) {
        String given = authorization
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(SCHEME))
                .map(value -> value.substring(SCHEME.length()).strip())
                .orElse("");
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token)
                ? Optional.empty()
                : Optional.of(Answer.error(
                        ErrorCode.UNAUTHORIZED,
                        "Authorization: %s (expected: Bearer and the value of skein.http.token)"
                                .formatted(authorization.isEmpty() ? "absent" : "wrong")));
    }

    // A page of another site can make a browser send requests to this machine: under its own origin, or, after DNS
    // rebinding, under its own host name. A browser sets both headers itself, no script can change them.
    private static Optional<Answer> browserRefusal(Optional<String> host, Optional<String> origin) {
        String name = host.orElse("");
        if (!Hosts.isLoopback(withoutPort(name))) {
            return Optional.of(Answer.error(
                    ErrorCode.FORBIDDEN_HOST,
                    "Host: %s (expected: localhost, 127.0.0.1 or [::1], because skein.http.token is empty)"
                            .formatted(name)));
        }
        boolean same =
                origin.map(value -> value.equalsIgnoreCase("http://" + name)).orElse(true);
        return same
                ? Optional.empty()
                : Optional.of(Answer.error(
                        ErrorCode.FORBIDDEN_ORIGIN,
                        "Origin: %s (expected: none or http://%s, because skein.http.token is empty)"
                                .formatted(origin.orElse(""), name)));
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
