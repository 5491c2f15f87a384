package dev.skein.node.registry;

import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.RegistryReply.Rejected;
import dev.skein.protocol.apsara.TokenId;
import dev.skein.protocol.wire.FailureText;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What may be changed of an instance's tokens. */
final class TokenChecks {
    /** Tokens of an instance that are revoked and not expired; also what a node's memory for them is counted by. */
    static final int REVOKED_MAX = 100_000;

    /** Nodes keep them all, and tokens live 30 days: a key a day. */
    static final int KEYS_MAX = 32;

    private static final Duration LIFE_MAX = Duration.ofDays(31);

    private TokenChecks() {}

    static @Nullable Rejected addKey(RegistryState state, RegistryCommand.AddTokenKey command, Instant now) {
        int length;
        try {
            length = Base64.getDecoder().decode(command.secret().value()).length;
        } catch (IllegalArgumentException e) {
            length = 0;
        }
        if (length != TokenKey.BYTES) {
            return new Rejected(
                    Code.INVALID, "secret: %d bytes (expected: %d in Base64)".formatted(length, TokenKey.BYTES));
        }
        int after = state.tokens()
                .withKey(number(state), command.secret(), now)
                .keys()
                .size();
        return after <= KEYS_MAX
                ? null
                : new Rejected(
                        Code.INVALID,
                        ("token-keys: %d (expected: at most %d; each is kept for 31 days after the next one, or until"
                                        + " it is removed)")
                                .formatted(after, KEYS_MAX));
    }

    /** Numbers are not used again. */
    static int number(RegistryState state) {
        return Math.toIntExact(state.version() + 1);
    }

    static @Nullable Rejected removeKey(RegistryState state, int number) {
        return state.tokens().keys().stream().anyMatch(key -> key.number() == number)
                ? null
                : new Rejected(Code.NOT_FOUND, FailureText.of("token-key", number, "one that exists"));
    }

    static @Nullable Rejected revoke(RegistryState state, RegistryCommand.RevokeToken command, Instant now) {
        if (TokenId.parse(command.tokenId()) == null) {
            return new Rejected(Code.INVALID, FailureText.of("token", command.tokenId(), "32 hexadecimal digits"));
        }
        if (command.expiresAt() > now.plus(LIFE_MAX).toEpochMilli()) {
            return new Rejected(Code.INVALID, FailureText.of("expiry", command.expiresAt(), "within 31 days"));
        }
        int revoked = state.tokens().live(now).size();
        return revoked < REVOKED_MAX
                ? null
                : new Rejected(
                        Code.TOO_MANY,
                        ("revoked tokens: %d (expected: less than %d that are not expired; removing a token key revokes"
                                        + " all of its tokens)")
                                .formatted(revoked, REVOKED_MAX));
    }

    /** The answer to a change that is made already; null when it is not. */
    static RegistryReply.@Nullable Done already(RegistryState state, RegistryCommand.Change change) {
        return switch (change) {
            case RegistryCommand.AddTokenKey add
            when add.first() && !state.tokens().keys().isEmpty() ->
                new RegistryReply.Done(
                        state.version(),
                        Integer.toString(state.tokens().keys().getLast().number()));
            case RegistryCommand.RevokeToken revoke
            when state.tokens().hasRevoked(revoke.tokenId()) ->
                new RegistryReply.Done(state.version(), revoke.tokenId());
            default -> null;
        };
    }
}
