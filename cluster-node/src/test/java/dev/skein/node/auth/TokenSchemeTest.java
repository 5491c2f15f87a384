package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.TokenKey;
import dev.skein.node.registry.TokenViews;
import dev.skein.protocol.apsara.SignedToken;
import dev.skein.protocol.apsara.TokenClaims;
import dev.skein.protocol.apsara.TokenId;
import dev.skein.protocol.apsara.TokenProblem;
import dev.skein.protocol.apsara.TokenType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSchemeTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final TokenKey KEY = TokenViews.key(1, 1, NOW.minusSeconds(60));
    private static final TokenKey OTHER = TokenViews.key(2, 2, NOW);
    private static final String ID = "00000000000000010000000000000002";
    private static final Identity CLIENT = new Identity("fleet", "c1", "key1", null, "account:acme");

    private final InstanceView view = TokenViews.with(Views.fleet("""
                    access-keys = [
                      { id = key1, secret = "XXXXX", account = acme }
                      { id = key2, secret = "YYYYY", account = acme, client-ids = ["d*"] }
                      { id = key3, secret = "ZZZZZ", account = other }
                    ]"""), KEY);
    private final List<AuthResult> results = new ArrayList<>();
    private final TokenScheme scheme;

    TokenSchemeTest() {
        FleetView views = new FleetView(() -> view);
        ManualTimer time = new ManualTimer();
        scheme = new TokenScheme(
                views,
                new RegistryCredentials(views, new Devices()),
                new FailureLimiter(new AuthSettings(3, 1, 100, 1, 40, 100), time::nanos, time),
                () -> NOW);
    }

    private static TokenClaims claims(String instance, String keyId, String actions, long seconds) {
        return new TokenClaims(
                new TokenId(1, 2),
                instance,
                keyId,
                actions.contains("R"),
                actions.contains("W"),
                List.of("news/+", "orders/#"),
                NOW.plusSeconds(seconds).toEpochMilli());
    }

    private static String token(String keyId, String actions) {
        return SignedToken.sign(KEY.bytes(), KEY.number(), claims("fleet", keyId, actions, 60));
    }

    private AuthResult connect(String username, String clientId, String password) {
        results.clear();
        InetSocketAddress remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        ConnectAttempt attempt = new ConnectAttempt(
                ConnectAttempt.Reach.all("default"), remote, clientId, username, password.getBytes(UTF_8), true, false);
        assertThat(scheme.check(attempt, () -> {}, results::add)).isTrue();
        assertThat(results).hasSize(1);
        return results.getFirst();
    }

    private static ClientPermissions permissions(InstanceView view, AuthResult result) {
        return Permissions.of(view).forClient(((Accepted) result).identity());
    }

    @Test
    void itsTokensAreWhatAClientMayDo() {
        AuthResult result = connect("Token|key1|fleet", "c1", "RW|" + token("key1", "RW"));
        Identity identity = ((Accepted) result).identity();
        assertThat(identity.owner()).isEqualTo("account:acme");
        assertThat(identity.username()).isEqualTo("key1");
        ClientPermissions may = permissions(view, result);
        assertThat(may.allowsAll()).isFalse();
        assertThat(may.mayPublish("news/today")).isTrue();
        assertThat(may.mayPublish("news/today/late")).isFalse();
        assertThat(may.mayPublish("orders")).isTrue();
        assertThat(may.maySubscribe("orders/#")).isTrue();
        assertThat(may.maySubscribe("orders/+/new")).isTrue();
        assertThat(may.maySubscribe("news/#")).isFalse();
        assertThat(may.maySubscribe("#")).isFalse();
        assertThat(Permissions.of(view).mayPublish(identity, "elsewhere")).isFalse();
        assertThat(Permissions.of(view).maySubscribe(identity, "elsewhere")).isFalse();
    }

    @Test
    void oneToReadAndOneToWriteMakeTwo() {
        AuthResult result = connect("Token|key1|fleet", "c1", "R|" + token("key1", "R") + "|W|" + token("key1", "W"));
        ClientPermissions may = permissions(view, result);
        assertThat(may.mayPublish("news/a")).isTrue();
        assertThat(may.maySubscribe("news/a")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"R, false, true", "W, true, false"})
    void aTokenOfOneTypeIsForThatAlone(String type, boolean publishes, boolean subscribes) {
        AuthResult result = connect("Token|key1|fleet", "c1", type + "|" + token("key1", "RW"));
        assertThat(permissions(view, result).mayPublish("news/a")).isEqualTo(publishes);
        assertThat(permissions(view, result).maySubscribe("news/a")).isEqualTo(subscribes);
    }

    @Test
    void rulesOfTheInstanceHoldBesideIt() {
        AuthResult result = connect("Token|key1|fleet", "c1", "RW|" + token("key1", "RW"));
        ClientPermissions may =
                permissions(Views.fleet("permissions = [{ effect = deny, topics = [\"news/secret\"] }]"), result);
        assertThat(may.mayPublish("news/secret")).isFalse();
        assertThat(may.mayPublish("news/open")).isTrue();
    }

    /**
     * What an access key may bounds its tokens: another key of the account, whose secret nobody has shown, may more.
     */
    @Test
    void aTokenIsForClientsOfItsOwnAccessKeyAlone() {
        assertThat(connect("Token|key2|fleet", "d1", "R|" + token("key2", "R"))).isInstanceOf(Accepted.class);
        assertThat(connect("Token|key2|fleet", "d1", "R|" + token("key1", "R")))
                .isEqualTo(new Refused(
                        Reason.BAD_CREDENTIALS,
                        "token " + ID + ": of access key key1 (expected: one of access key key2 of instance fleet),"
                                + " code -1"));
        assertThat(connect("Token|key2|fleet", "c1", "R|" + token("key2", "R")))
                .as("of a key that does not name the client ID")
                .isEqualTo(new Refused(
                        Reason.IDENTIFIER_REJECTED,
                        "clientId: c1 (expected: one that fits client-ids [d*] of account:acme)"));
    }

    // The texts are what an operator searches the log for.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            value = {
                "forged~      token: not one that instance fleet has signed (expected: one of ApplyToken), code 1",
                "text~        token: not one that instance fleet has signed (expected: one of ApplyToken), code 1",
                "elsewhere~   token: not one that instance fleet has signed (expected: one of ApplyToken), code 1",
                "expired~     token 00000000000000010000000000000002: expired at 2026-11-30T12:00:00Z (expected: a newer token), code 2",
                "write~       token 00000000000000010000000000000002: used as R (expected: as its actions allow, W), code 5",
                "account~     token 00000000000000010000000000000002: of access key key3 (expected: one of access key key1 of instance fleet), code -1",
                "gone~        token 00000000000000010000000000000002: of access key key9 (expected: one of access key key1 of instance fleet), code -1",
            })
    void otherTokensAreRefused(String kind, String detail) {
        String text = switch (kind) {
            case "forged" -> SignedToken.sign(OTHER.bytes(), 1, claims("fleet", "key1", "R", 60));
            case "text" -> "abc";
            case "elsewhere" -> SignedToken.sign(KEY.bytes(), 1, claims("default", "key1", "R", 60));
            case "expired" -> SignedToken.sign(KEY.bytes(), 1, claims("fleet", "key1", "R", 0));
            case "write" -> token("key1", "W");
            case "account" -> token("key3", "R");
            default -> token("key9", "R");
        };
        String good = token("key1", "W");
        assertThat(connect("Token|key1|fleet", "c1", "R|" + text + "|W|" + good))
                .as("one bad token is enough")
                .isEqualTo(new Refused(Reason.BAD_CREDENTIALS, detail));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '~',
            value = {
                "Token|key1~           R|x~  username: cannot be read (expected: Token|<AccessKeyId>|<InstanceId>)",
                "Token|key1|nowhere~   R|x~  instance: nowhere (expected: one that skein.instances configures)",
                "Token|key9|fleet~     R|x~  access key: key9 (expected: one of instance fleet)",
                "Token|key1|fleet~     x~    password: cannot be read (expected: R|<token>, W|<token> or RW|<token>, up to three, joined by |)",
            })
    void whatCannotBeReadIsNamed(String username, String password, String detail) {
        assertThat(connect(username, "c1", password)).isEqualTo(new Refused(Reason.BAD_CREDENTIALS, detail));
    }

    @Test
    void guessesAreCountedAndGoodTokensAreNot() {
        for (int i = 0; i < 3; i++) {
            assertThat(connect("Token|key1|fleet", "c1", "R|guess" + i)).isInstanceOf(Refused.class);
        }
        assertThat(((Refused) connect("Token|key1|fleet", "c1", "R|guess")).reason())
                .isEqualTo(Reason.RATE_LIMITED);
        assertThat(connect("Token|key1|fleet", "c1", "R|" + token("key1", "R"))).isInstanceOf(Accepted.class);
    }

    @Test
    void whatIsRevokedCountsNoMore() {
        AuthResult before = connect("Token|key1|fleet", "c1", "R|" + token("key1", "R"));
        TokenGrant grant = Objects.requireNonNull(((Accepted) before).identity().grant());
        assertThat(grant.lost(view, "key1", NOW)).isNull();
        TokenViews.revoke(view, ID, NOW.plusSeconds(60).toEpochMilli());
        assertThat(connect("Token|key1|fleet", "c1", "R|" + token("key1", "R")))
                .isEqualTo(new Refused(
                        Reason.BAD_CREDENTIALS, "token " + ID + ": revoked (expected: another token), code 3"));
        assertThat(Objects.requireNonNull(grant.lost(view, "key1", NOW)).problem())
                .isEqualTo(TokenProblem.REVOKED);
    }

    @Test
    void tokensEndByTheClockAndWithTheirKeys() {
        AuthResult result = connect("Token|key1|fleet", "c1", "R|" + token("key1", "R"));
        TokenGrant grant = Objects.requireNonNull(((Accepted) result).identity().grant());
        assertThat(grant.expiries())
                .containsExactly(
                        new TokenGrant.Expiry(TokenType.R, NOW.plusSeconds(60).toEpochMilli()));
        assertThat(Objects.requireNonNull(grant.lost(view, "key1", NOW.plusSeconds(60)))
                        .problem())
                .isEqualTo(TokenProblem.EXPIRED);
        InstanceView rotated =
                TokenViews.with(Views.fleet("access-keys = [{ id = key1, secret = x, account = acme }]"), OTHER);
        assertThat(Objects.requireNonNull(grant.lost(rotated, "key1", NOW)).detail())
                .isEqualTo("token " + ID + ": signed with key 1 (expected: a key that is there)");
        InstanceView removed = TokenViews.with(Views.fleet(""), KEY);
        assertThat(Objects.requireNonNull(grant.lost(removed, "key1", NOW)).problem())
                .isEqualTo(TokenProblem.ACCOUNT);
    }

    @Test
    void anUploadTakesThePlaceOfTheTokenOfItsType() {
        Identity client = ((Accepted) connect("Token|key1|fleet", "c1", "R|" + token("key1", "R"))).identity();
        TokenClaims more = new TokenClaims(
                new TokenId(3, 4),
                "fleet",
                "key1",
                true,
                false,
                List.of("more/#"),
                NOW.plusSeconds(90).toEpochMilli());
        String text = SignedToken.sign(KEY.bytes(), 1, more);
        TokenUpload upload = upload(client, "{\"token\":\"" + text + "\",\"type\":\"R\"}");
        Identity renewed = Objects.requireNonNull(upload.identity());
        assertThat(Permissions.of(view).maySubscribe(renewed, "more/#")).isTrue();
        assertThat(Permissions.of(view).maySubscribe(renewed, "news/+")).isFalse();
        assertThat(upload(client, "{\"Token\":\"" + text + "\",\"type\":\"R\"}").identity())
                .isNotNull();
        assertThat(Objects.requireNonNull(upload(client, "{\"token\":\"" + text + "\",\"type\":\"W\"}")
                                .lost())
                        .problem())
                .isEqualTo(TokenProblem.TYPE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {"''", "x", "[]", "{}", "{\"token\":\"x\"}", "{\"type\":\"R\"}", "{\"token\":7,\"type\":[]}"})
    void anUploadThatCannotBeReadIsForged(String payload) {
        Identity client = CLIENT.withGrant(new TokenGrant(List.of()));
        assertThat(Objects.requireNonNull(upload(client, payload).lost()).problem())
                .isEqualTo(TokenProblem.FORGED);
    }

    @Test
    void anUploadInNoEncodingOfJsonIsForged() {
        Identity client = CLIENT.withGrant(new TokenGrant(List.of()));
        TokenUpload upload = TokenUpload.read(view, client, new byte[] {0, 0, (byte) 0xFF, (byte) 0xFE}, NOW);
        assertThat(Objects.requireNonNull(upload.lost()).problem()).isEqualTo(TokenProblem.FORGED);
    }

    private TokenUpload upload(Identity client, String payload) {
        return TokenUpload.read(view, client, payload.getBytes(UTF_8), NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "R,  news/a,  TYPE",
        "W,  other,   RESOURCE",
        "W,  news/a,  ACCOUNT",
    })
    void whyItMayNotPublishIsACode(String type, String topic, TokenProblem problem) {
        AuthResult result = connect("Token|key1|fleet", "c1", type + "|" + token("key1", "RW"));
        TokenGrant grant = Objects.requireNonNull(((Accepted) result).identity().grant());
        assertThat(grant.publishRefusal(topic).problem()).isEqualTo(problem);
    }
}
