package dev.skein.node.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.node.auth.TokenGrant.Lost;
import dev.skein.node.registry.InstanceView;
import dev.skein.protocol.apsara.TokenProblem;
import dev.skein.protocol.apsara.TokenType;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a token that a connected client has uploaded. Exactly one is not null.
 *
 * @param identity the client with its new token in the place of the one of its type
 * @param lost why the token is not good
 */
public record TokenUpload(
        @Nullable Identity identity, @Nullable Lost lost) {
    /** Where clients publish their tokens. */
    public static final String TOPIC = "$SYS/uploadToken";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Looks at {@code {"token":"...","type":"R|W|RW"}}.
     *
     * @param identity of the client; it has connected with tokens
     * @param payload as it was published
     */
    public static TokenUpload read(InstanceView view, Identity identity, byte[] payload, Instant now) {
        TokenGrant grant = identity.grant();
        JsonNode body = parse(payload);
        TokenType type = TokenType.of(body == null ? "" : body.path("type").asText(""));
        String token = text(body);
        if (grant == null || type == null || token.isEmpty()) {
            return new TokenUpload(
                    null,
                    new Lost(
                            TokenProblem.FORGED,
                            type == null ? TokenType.RW : type,
                            "upload: cannot be read (expected: {\"token\":\"...\",\"type\":\"R, W or RW\"})"));
        }
        TokenVerifier.Outcome outcome = TokenVerifier.verify(view, type, token, identity.accessKeyId(), now);
        return outcome.held() == null
                ? new TokenUpload(null, outcome.lost())
                : new TokenUpload(identity.withGrant(grant.with(outcome.held())), null);
    }

    /** The English page of 2019 prints the key as {@code Token}. */
    private static String text(@Nullable JsonNode body) {
        if (body == null) {
            return "";
        }
        return body.path(body.has("token") ? "token" : "Token").asText("");
    }

    private static @Nullable JsonNode parse(byte[] payload) {
        try {
            return JSON.readTree(payload);
        } catch (IOException e) { // also of bytes that are in no encoding of JSON
            return null;
        }
    }
}
