package dev.skein.protocol.apsara;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedTokenTest {
    private static final byte[] KEY = key(0);
    private static final TokenClaims CLAIMS = new TokenClaims(
            new TokenId(0x0011223344556677L, 0x8899aabbccddeeffL),
            "fleet",
            "key1",
            true,
            true,
            List.of("TopicB/#", "TopicA/+", "TopicB/#"),
            1_800_000_000_000L);

    /** Made by other code than this. */
    private static final String TEXT =
            "AQAAAAcAESIzRFVmd4iZqrvM3e7_AAABoxhcUAADBWZsZWV0AARrZXkxAgAIVG9waWNBLysACFRvcGljQi8j"
                    + "0V4UIbZSnJG1IN4Kt5wKebKKDb_KYcTVFGldrjRoSbI";

    private static byte[] key(int first) {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (first + i);
        }
        return key;
    }

    @Test
    void textIsAsTheFormatSays() {
        assertThat(SignedToken.sign(KEY, 7, CLAIMS)).isEqualTo(TEXT);
    }

    @Test
    void whatWasSignedIsReadBack() {
        SignedToken token = Objects.requireNonNull(SignedToken.parse(TEXT));
        assertThat(token.keyNumber()).isEqualTo(7);
        assertThat(token.claims()).isEqualTo(CLAIMS);
        assertThat(token.claims().filters()).containsExactly("TopicA/+", "TopicB/#");
        assertThat(token.isSignedBy(KEY)).isTrue();
        assertThat(token.isSignedBy(key(1))).isFalse();
    }

    @Test
    void noByteOfItCanBeChanged() {
        byte[] bytes = Base64.getUrlDecoder().decode(TEXT);
        for (int i = 0; i < bytes.length; i++) {
            byte[] other = bytes.clone();
            other[i] ^= 1;
            SignedToken token = SignedToken.parse(Base64.getUrlEncoder().encodeToString(other));
            assertThat(token == null || !token.isSignedBy(KEY)).as("byte %d", i).isTrue();
        }
    }

    @Test
    void noPartOfItIsAToken() {
        IntStream.range(0, TEXT.length()).forEach(length -> {
            SignedToken token = SignedToken.parse(TEXT.substring(0, length));
            assertThat(token == null || !token.isSignedBy(KEY))
                    .as("%d characters", length)
                    .isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "AQ",
                "===",
                "R|W",
                "not base64!",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void anythingElseIsNone(String text) {
        assertThat(SignedToken.parse(text)).isNull();
    }

    @Test
    void threeOfTheLargestFitIntoAPassword() {
        List<String> filters = IntStream.range(0, TokenClaims.FILTERS_MAX)
                .mapToObj(i -> "%0140d".formatted(i))
                .toList();
        assertThat(TokenClaims.violation(filters)).isNull();
        TokenClaims largest =
                new TokenClaims(CLAIMS.id(), "i".repeat(64), "ä".repeat(128), true, false, filters, Long.MAX_VALUE);
        String text = SignedToken.sign(KEY, Integer.MAX_VALUE, largest);
        assertThat(Objects.requireNonNull(SignedToken.parse(text)).claims()).isEqualTo(largest);
        assertThat(("R|" + text + "|W|" + text + "|RW|" + text).getBytes(UTF_8).length)
                .isLessThanOrEqualTo(65_535);
    }

    @Test
    void filtersAreBounded() {
        assertThat(TokenClaims.violation(List.of())).isEqualTo("resources: 0 (expected: 1..100 topic filters)");
        assertThat(TokenClaims.violation(IntStream.rangeClosed(0, 100)
                        .mapToObj(Integer::toString)
                        .toList()))
                .isEqualTo("resources: 101 (expected: 1..100 topic filters)");
        assertThat(TokenClaims.violation(List.of("a".repeat(15_000))))
                .isEqualTo("resources: 15000 (expected: topic filters of at most 14000 bytes)");
        assertThat(TokenClaims.violation(List.of("a/#/b"))).startsWith("resources: ");
    }

    @Test
    void anIdIsReadBack() {
        assertThat(CLAIMS.id().toString()).isEqualTo("00112233445566778899aabbccddeeff");
        assertThat(TokenId.parse("00112233445566778899aabbccddeeff")).isEqualTo(CLAIMS.id());
        assertThat(TokenId.parse("00112233445566778899aabbccddeefg")).isNull();
        assertThat(TokenId.parse("0011")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "R|abc,                  {R=abc}",
                "RW|a+/=,                {RW=a+/=}",
                "R|123|W|abcd,           '{R=123, W=abcd}'",
                "W|abcd|R|123|RW|x,      '{R=123, W=abcd, RW=x}'",
                "'',                     null",
                "R,                      null",
                "R|,                     null",
                "abc,                    null",
                "r|abc,                  null",
                "WR|abc,                 null",
                "R|a|R|b,                null",
                "R|a|,                   null",
                "R|a|W,                  null",
                "R|a|W|b|RW|c|R|d,       null",
            })
    void passwordsArePairs(String password, @Nullable String tokens) {
        Map<TokenType, String> parsed = TokenPassword.parse(password);
        assertThat(parsed == null ? null : parsed.toString()).isEqualTo(tokens);
    }

    @ParameterizedTest
    @CsvSource({
        "Token|a|b, true",
        "Token|a, false",
        "Token|a|b|c, false",
        "Token||b, false",
        "Token|a|, false",
        "token|a|b, false"
    })
    void userNamesHaveThreeParts(String username, boolean good) {
        assertThat(ModeUsername.parse(ModeUsername.TOKEN, username))
                .isEqualTo(good ? new ModeUsername(ModeUsername.TOKEN, "a", "b") : null);
    }

    @ParameterizedTest
    @CsvSource({"true, true, RW", "true, true, R", "true, true, W", "true, false, R", "false, true, W"})
    void aTokenAllowsWhatItsActionsDo(boolean reads, boolean writes, TokenType type) {
        assertThat(new TokenClaims(CLAIMS.id(), "fleet", "key1", reads, writes, List.of("a"), 1).allows(type))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"true, false, W", "true, false, RW", "false, true, R", "false, true, RW", "false, false, R"})
    void aTokenAllowsNothingElse(boolean reads, boolean writes, TokenType type) {
        assertThat(new TokenClaims(CLAIMS.id(), "fleet", "key1", reads, writes, List.of("a"), 1).allows(type))
                .isFalse();
    }
}
