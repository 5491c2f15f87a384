package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.RegistryReply.Rejected;
import dev.skein.protocol.apsara.TokenId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

class TokenStateTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final Secret SECRET = TokenViews.key(1, 1, NOW).secret();

    @SuppressWarnings("NullAway") // nobody is answered
    private static ActorRef<RegistryReply.ChangeReply> nobody() {
        return null;
    }

    private static RegistryState added(RegistryState state, Instant at) {
        return state.apply(
                new RegistryEvent.TokenKeyAdded(at, "me", Integer.toString(TokenChecks.number(state)), SECRET));
    }

    private static RegistryState revoked(RegistryState state, int token, Duration life) {
        return state.apply(new RegistryEvent.TokenRevoked(
                NOW, "me", new TokenId(0, token).toString(), NOW.plus(life).toEpochMilli()));
    }

    private static List<Integer> numbers(RegistryState state) {
        return state.tokens().keys().stream().map(TokenKey::number).toList();
    }

    @Test
    void keysStayUntilAllTheirTokensHaveExpired() {
        RegistryState one = added(RegistryState.EMPTY, NOW);
        RegistryState two = added(one, NOW.plus(Duration.ofDays(100)));
        assertThat(numbers(two))
                .as("the first was the one that signs until now")
                .containsExactly(1, 2);
        assertThat(numbers(added(two, NOW.plus(Duration.ofDays(130))))).containsExactly(1, 2, 3);
        assertThat(numbers(added(two, NOW.plus(Duration.ofDays(132))))).containsExactly(2, 3);
    }

    @Test
    void aKeySignsOnlyWhenAllNodesHaveIt() {
        InstanceView fleet = Seeds.fleet();
        TokenKey old = TokenViews.key(1, 1, NOW);
        TokenKey young = TokenViews.key(2, 2, NOW.plusSeconds(60));
        InstanceTokens tokens = TokenViews.with(fleet, old, young).tokens();
        assertThat(Objects.requireNonNull(tokens.signing(NOW.plusSeconds(64))).number())
                .isEqualTo(1);
        assertThat(Objects.requireNonNull(tokens.signing(NOW.plusSeconds(65))).number())
                .isEqualTo(2);
        assertThat(Objects.requireNonNull(TokenViews.with(fleet, young).tokens().signing(NOW))
                        .number())
                .as("better than none")
                .isEqualTo(2);
        assertThat(InstanceTokens.none().signing(NOW)).isNull();
    }

    @Test
    void whatIsRevokedIsForgottenWhenItHasExpired() {
        RegistryState state = revoked(revoked(RegistryState.EMPTY, 1, Duration.ofHours(-2)), 2, Duration.ofHours(2));
        assertThat(revoked(state, 3, Duration.ofDays(1)).tokens().revoked())
                .extracting(RevokedToken::id)
                .containsExactly(new TokenId(0, 2).toString(), new TokenId(0, 3).toString());
    }

    private static void take(RegistryState state, RevokedTokens copy, long reached) {
        copy.take(state.tokens().revokedAfter(copy.through(), 2), reached);
    }

    @Test
    void nodesGetItInPages() {
        RegistryState state = RegistryState.EMPTY;
        for (int i = 0; i < 5; i++) {
            state = revoked(state, i, Duration.ofDays(1));
        }
        assertThat(state.withoutRevoked().tokens()).isEqualTo(new TokenState(List.of(), List.of(), 5));
        RevokedTokens copy = new RevokedTokens();
        take(state, copy, 2);
        assertThat(copy.through()).isEqualTo(2);
        take(state, copy, 4);
        take(state, copy, 5);
        assertThat(copy.through()).isEqualTo(5);
        assertThat(copy.size()).isEqualTo(5);
        assertThat(copy.contains(new TokenId(0, 4))).isTrue();
        assertThat(copy.contains(new TokenId(0, 5))).isFalse();
        copy.forget(NOW.plus(Duration.ofDays(1)).toEpochMilli());
        assertThat(copy.size()).isEqualTo(5);
        copy.forget(NOW.plus(Duration.ofHours(26)).toEpochMilli());
        assertThat(copy.size()).isZero();
    }

    @Test
    void oneMoreThanTheBoundIsRefusedAndSaysWhatToDo() {
        List<RevokedToken> many = IntStream.range(0, TokenChecks.REVOKED_MAX)
                .mapToObj(i -> new RevokedToken(
                        new TokenId(1, i).toString(), NOW.plusSeconds(60).toEpochMilli(), i + 1))
                .toList();
        RegistryState full = new RegistryState(
                Set.of(),
                Set.of(),
                Map.of(),
                Map.of(),
                List.of(),
                Map.of(),
                new TokenState(List.of(), many, many.size()),
                many.size());
        RegistryCommand.RevokeToken command = new RegistryCommand.RevokeToken(
                "me", new TokenId(2, 0).toString(), NOW.plusSeconds(90).toEpochMilli(), nobody());
        assertThat(TokenChecks.revoke(full, command, NOW))
                .extracting(Rejected::code, Rejected::text)
                .containsExactly(
                        Code.TOO_MANY,
                        "revoked tokens: 100000 (expected: less than 100000 that are not expired; removing a token key"
                                + " revokes all of its tokens)");
        assertThat(TokenChecks.revoke(full, command, NOW.plus(Duration.ofHours(2))))
                .as("they have expired")
                .isNull();
    }

    @Test
    void whatIsDoneIsNotDoneTwice() {
        RegistryState state = revoked(added(RegistryState.EMPTY, NOW), 7, Duration.ofDays(1));
        assertThat(TokenChecks.already(state, new RegistryCommand.AddTokenKey("me", SECRET, true, nobody())))
                .isEqualTo(new RegistryReply.Done(2, "1"));
        assertThat(TokenChecks.already(state, new RegistryCommand.AddTokenKey("me", SECRET, false, nobody())))
                .isNull();
        String id = new TokenId(0, 7).toString();
        assertThat(TokenChecks.already(state, new RegistryCommand.RevokeToken("me", id, 1, nobody())))
                .isEqualTo(new RegistryReply.Done(2, id));
    }
}
