package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.protocol.apsara.Signatures;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceAuthenticatorTest {
    // bcrypt of "secret", and of "a".
    private static final String SECRET = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private static final String OTHER = "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC";
    private static final String ARGON2 =
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc";
    private static final String INSTANCES = """
            default { anonymous = loopback }
            everyone { anonymous = always, limits.client-id-length = 8 }
            noone { anonymous = never }
            fleet {
              mode = apsara
              anonymous = always
              groups = [GID_Test]
              access-keys = [{ id = key1, secret = "XXXXX" }, { id = key2, secret = "second" }]
              users = [{ name = bob, password-hash = "%s" }, { name = "eve@there", password-hash = "%s" }]
            }
            plain { users = [{ name = bob, password-hash = "%s" }, { name = amy, password-hash = "%s" }] }
            """.formatted(SECRET, SECRET, SECRET, ARGON2);
    private static final String DEVICE = "GID_Test@@@0001";

    private final ManualTimer time = new ManualTimer();
    private final Views views = Views.of(INSTANCES);
    private final ManualHashes hashes = new ManualHashes();
    private final InstanceAuthenticator authenticator = InstanceAuthenticator.create(
            views,
            CachedCredentials.over(new RegistryCredentials(views, new Devices()), views, 10),
            new AuthSettings(3, 1, 100, 1000, 40, 100),
            hashes,
            time::nanos,
            time,
            InstantSource.system());

    @ParameterizedTest(name = "{0} from {1}: {2}")
    @CsvSource(
            nullValues = "null",
            value = {
                "default,  127.0.0.1,    null",
                "default,  127.9.9.9,    null",
                "default,  ::1,          null",
                "default,  192.0.2.1,    NOT_AUTHORIZED",
                "everyone, 192.0.2.1,    null",
                "noone,    127.0.0.1,    NOT_AUTHORIZED",
                "missing,  127.0.0.1,    SERVER_UNAVAILABLE",
            })
    void clientsWithoutUserNameAreAdmittedAsTheInstanceSays(String instance, String address, @Nullable Reason reason) {
        AuthResult result = ask(instance, address, "c1", null, null);
        if (reason == null) {
            assertThat(result).isEqualTo(new Accepted(new Identity(instance, "c1", null, null, "anonymous")));
        } else {
            assertRefused(result, reason);
        }
    }

    @Test
    void anEmptyUserNameIsNone() {
        assertThat(ask("default", "127.0.0.1", "c1", "", "x")).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest(name = "{0} in {1}, clean {2}: {3}")
    @CsvSource(
            nullValues = "null",
            value = {
                "'',                    default,  true,  null", // [MQTT-3.1.3-6]
                "'',                    default,  false, IDENTIFIER_REJECTED", // [MQTT-3.1.3-8]
                "12345678,              everyone, true,  null",
                "123456789,             everyone, true,  IDENTIFIER_REJECTED",
                "ÄÖÜäöüß€,              everyone, true,  null",
                "GID_Test@@@0001,       fleet,    true,  null",
                "GID_Test@@@d8_3b-da,   fleet,    false, null",
                "GID_Gone@@@0001,       fleet,    true,  NOT_AUTHORIZED",
                "'',                    fleet,    true,  IDENTIFIER_REJECTED",
                "0001,                  fleet,    true,  IDENTIFIER_REJECTED",
                "GID_Test@@@,           fleet,    true,  IDENTIFIER_REJECTED",
                "GID_Test@@@a:b,        fleet,    true,  IDENTIFIER_REJECTED",
                "GID_Test@@@a@@@b,      fleet,    true,  IDENTIFIER_REJECTED",
                "Test_GID@@@0001,       fleet,    true,  IDENTIFIER_REJECTED",
                "GID_Test@@@01234567890123456789012345678901234567890123456789012, fleet, true, null",
                "GID_Test@@@012345678901234567890123456789012345678901234567890123, fleet, true, IDENTIFIER_REJECTED",
            })
    void clientIdsFollowTheMode(String clientId, String instance, boolean clean, @Nullable Reason reason) {
        AuthResult result = ask(attempt(instance, "127.0.0.1", clientId, null, null, clean));
        if (reason == null) {
            assertThat(result).isInstanceOf(Accepted.class);
        } else {
            assertRefused(result, reason);
        }
    }

    @Test
    void theGroupStandsInTheIdentityInBothModes() {
        assertThat(ask("fleet", "127.0.0.1", DEVICE, null, null))
                .isEqualTo(new Accepted(new Identity("fleet", DEVICE, null, "GID_Test", "anonymous")));
        assertThat(ask("default", "127.0.0.1", "GID_any@@@x", null, null))
                .isEqualTo(new Accepted(new Identity("default", "GID_any@@@x", null, "GID_any", "anonymous")));
    }

    // The vector of the fact sheet: the password was computed apart from this code.
    @Test
    void theDocumentedSignatureIsAccepted() {
        assertThat(ask("default", "192.0.2.1", DEVICE, "Signature|key1|fleet", "vI009IZJZVGRwBwZvnbwjfuXxVM="))
                .isEqualTo(new Accepted(new Identity("fleet", DEVICE, "key1", "GID_Test", "account:fleet")));
    }

    @ParameterizedTest(name = "{0} for {1}: {3}")
    @CsvSource(
            nullValues = "null",
            value = {
                "Signature|key1|fleet,     GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM,   BAD_CREDENTIALS", // no
                // padding
                "Signature|key1|fleet,     GID_Test@@@0002, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS", // other
                // client
                "Signature|key2|fleet,     GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS", // other
                // key
                "Signature|key3|fleet,     GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS", // no such
                // key
                "Signature|key1|plain,     GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS", // other
                // instance
                "Signature|key1|nowhere,   GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS",
                "Signature|key1|fleet,     GID_Test@@@0001, null,                          BAD_CREDENTIALS",
                "Signature|key1|fleet,     GID_Test@@@0001, '',                            BAD_CREDENTIALS",
                "Signature|key1,           GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS",
                "Signature|key1|fleet|,    GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS",
                "Signature||fleet,         GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS",
                "signature|key1|fleet,     GID_Test@@@0001, vI009IZJZVGRwBwZvnbwjfuXxVM=,  BAD_CREDENTIALS",
                "Token|key1|fleet,         GID_Test@@@0001, R|abc,                         BAD_CREDENTIALS",
                "DeviceCredential|k|fleet, GID_Test@@@0001, x,                             BAD_CREDENTIALS",
                "Signature|key1|fleet,     0001,            x,                             IDENTIFIER_REJECTED",
            })
    void otherSignaturesAreRefused(String username, String clientId, @Nullable String password, Reason reason) {
        AuthResult result = ask("default", "192.0.2.1", clientId, username, password);
        assertRefused(result, reason);
        assertThat(((Refused) result).detail()).doesNotContain("XXXXX").doesNotContain("vI009");
    }

    @Test
    void anUnregisteredGroupIsToldOnlyToWhoHasAGoodSignature() {
        String stranger = "GID_Gone@@@0001";
        assertRefused(ask("default", "192.0.2.1", stranger, "Signature|key1|fleet", "x"), Reason.BAD_CREDENTIALS);
        assertRefused(
                ask("default", "192.0.2.1", stranger, "Signature|key1|fleet", Signatures.sign("XXXXX", stranger)),
                Reason.NOT_AUTHORIZED);
    }

    @ParameterizedTest(name = "{1} on {0}: {3}")
    @CsvSource(
            nullValues = "null",
            value = {
                "plain,   bob,           secret,   plain",
                "plain,   amy,           password, plain", // Argon2
                "default, bob@plain,     secret,   plain",
                "plain,   bob@there,     secret,   null", // "there" is no instance
                "plain,   bob,           Secret,   null",
                "plain,   bob,           '',       null",
                "plain,   bob,           null,     null",
                "plain,   amy,           secret,   null",
                "plain,   carl,          secret,   null",
                "default, bob,           secret,   null",
                "noone,   bob,           secret,   null",
            })
    void usersAreCheckedAgainstTheirInstance(
            String listener, String username, @Nullable String password, @Nullable String instance) {
        AuthResult result = ask(listener, "192.0.2.1", "c1", username, password);
        if (instance != null) {
            String name = username.replace("@plain", "");
            assertThat(result).isEqualTo(new Accepted(new Identity(instance, "c1", name, null, "user:" + name)));
        } else {
            assertRefused(result, Reason.BAD_CREDENTIALS);
        }
    }

    @Test
    void aUserNameMayHoldAnAtSignThatNamesNoInstance() {
        assertThat(ask("fleet", "192.0.2.1", DEVICE, "eve@there", "secret")).isInstanceOf(Accepted.class);
    }

    @Test
    void hashesAreNeverComputedOnTheCallersThread() {
        List<AuthResult> results = new ArrayList<>();
        begin(attempt("plain", "192.0.2.1", "c1", "bob", "secret", true), results);
        assertThat(results).isEmpty();
        hashes.run();
        assertThat(results).hasSize(1).first().isInstanceOf(Accepted.class);
    }

    @Test
    void aFullQueueIsServerUnavailable() {
        hashes.room = 0;
        assertRefused(ask("plain", "192.0.2.1", "c1", "bob", "secret"), Reason.SERVER_UNAVAILABLE);
    }

    @Test
    void aGoodPasswordIsHashedOnce() {
        for (int i = 0; i < 10; i++) {
            assertThat(ask("plain", "192.0.2." + i, "c" + i, "bob", "secret")).isInstanceOf(Accepted.class);
        }
        assertThat(hashes.taken).isEqualTo(1);
        assertRefused(ask("plain", "192.0.2.1", "c1", "bob", "wrong"), Reason.BAD_CREDENTIALS);
        assertThat(hashes.taken).isEqualTo(2);
    }

    @Test
    void aChangedPasswordIsNotRemembered() {
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
        views.become(INSTANCES.replace(SECRET, OTHER));
        assertRefused(ask("plain", "192.0.2.1", "c1", "bob", "secret"), Reason.BAD_CREDENTIALS);
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "a")).isInstanceOf(Accepted.class);
    }

    @Test
    void aPasswordThatChangedWhileTheAttemptWaitedIsRefused() {
        List<AuthResult> results = new ArrayList<>();
        begin(attempt("plain", "192.0.2.1", "c1", "bob", "secret", true), results);
        views.become(INSTANCES.replace(SECRET, OTHER));
        hashes.run();
        assertRefused(results.getFirst(), Reason.BAD_CREDENTIALS);
    }

    @Test
    void anUnknownUserCostsAHashToo() {
        assertRefused(ask("plain", "192.0.2.1", "c1", "carl", "secret"), Reason.BAD_CREDENTIALS);
        assertRefused(ask("noone", "192.0.2.1", "c1", "carl", "secret"), Reason.BAD_CREDENTIALS);
        assertThat(hashes.taken).isEqualTo(2);
    }

    @Test
    void guessesAtOneUserKeepNobodyElseOut() {
        guess("192.0.2.1", "bob", 100);
        assertThat(ask("plain", "192.0.2.1", "c1", "amy", "password")).isInstanceOf(Accepted.class);
        assertThat(ask("plain", "192.0.2.2", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
    }

    @Test
    void guessesCostOneHashForEachTokenAfterTheBurst() {
        guess("192.0.2.1", "bob", 3);
        int before = hashes.taken;
        List<AuthResult> results = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String password = "guess" + i;
            begin(attempt("plain", "192.0.2.1", "c1", "bob", password, true), results);
        }
        assertThat(results).hasSize(40 - FailureLimiter.LINE).allSatisfy(it -> assertRefused(it, Reason.RATE_LIMITED));
        time.pass(Duration.ofSeconds(10), hashes::run);
        assertThat(results).hasSize(40);
        assertThat(hashes.taken - before).isEqualTo((int) FailureLimiter.PATIENCE.toSeconds());
    }

    @Test
    void whoIsRightGetsInBetweenTheGuessesOfAnotherAtTheSameAddress() {
        guess("192.0.2.1", "bob", 3);
        List<AuthResult> guesses = new ArrayList<>();
        List<AuthResult> results = new ArrayList<>();
        List<String> waited = new ArrayList<>();
        begin(attempt("plain", "192.0.2.1", "bad", "bob", "guess", true), guesses);
        authenticator.authenticate(
                attempt("plain", "192.0.2.1", "c1", "bob", "secret", true), () -> waited.add("c1"), results::add);
        assertThat(waited).containsExactly("c1");
        time.pass(Duration.ofSeconds(2), hashes::run);
        assertThat(guesses).hasSize(1).allSatisfy(it -> assertRefused(it, Reason.BAD_CREDENTIALS));
        assertThat(results).hasSize(1).allMatch(Accepted.class::isInstance);
    }

    @Test
    void theSameWrongPasswordAgainIsNoGuessAndCostsNoHash() {
        for (int i = 0; i < 1_000; i++) {
            assertRefused(ask("plain", "192.0.2.1", "old", "bob", "old password"), Reason.BAD_CREDENTIALS);
        }
        assertThat(hashes.taken).isEqualTo(1);
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
        views.become(INSTANCES.replace(SECRET, OTHER)); // of "a"
        assertRefused(ask("plain", "192.0.2.1", "c1", "bob", "secret"), Reason.BAD_CREDENTIALS);
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "a")).isInstanceOf(Accepted.class);
    }

    @Test
    void aWrongPasswordThatBecomesRightIsCheckedAgain() {
        assertRefused(ask("plain", "192.0.2.1", "c1", "bob", "a"), Reason.BAD_CREDENTIALS);
        views.become(INSTANCES.replace(SECRET, OTHER));
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "a")).isInstanceOf(Accepted.class);
    }

    @Test
    void anUnknownUserIsNotToldApartByTheSecondAttempt() {
        for (int i = 0; i < 5; i++) {
            assertRefused(ask("plain", "192.0.2.1", "c1", "carl", "x"), Reason.BAD_CREDENTIALS);
        }
        assertThat(hashes.taken).isEqualTo(1);
    }

    @Test
    void devicesThatAllHaveTheSameOldPasswordAtOnceAreOneGuess() {
        List<AuthResult> results = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            hashes.room = 100;
            begin(attempt("plain", "192.0.2.1", "old" + i, "bob", "old password", true), results);
        }
        hashes.run();
        assertThat(results).hasSize(40).allSatisfy(it -> assertRefused(it, Reason.BAD_CREDENTIALS));
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
    }

    @Test
    void anAddressThatTriesManyUsersIsSlowedAndStillLetsWhoIsRightIn() {
        for (int i = 0; i < 30; i++) {
            assertRefused(ask("plain", "192.0.2.1", "bad", "user" + i, "x" + i), Reason.BAD_CREDENTIALS);
        }
        List<AuthResult> guesses = new ArrayList<>();
        for (int i = 30; i < 40; i++) {
            String name = "user" + i;
            begin(attempt("plain", "192.0.2.1", "bad", name, "x", true), guesses);
        }
        hashes.run();
        assertThat(guesses).isEmpty();
        List<AuthResult> results = new ArrayList<>();
        begin(attempt("plain", "192.0.2.1", "c1", "bob", "secret", true), results);
        time.pass(Duration.ofSeconds(1), hashes::run);
        assertThat(guesses).hasSize(10);
        assertThat(results).isEmpty();
        time.pass(Duration.ofMillis(200), hashes::run);
        assertThat(results).hasSize(1).allMatch(Accepted.class::isInstance);
        assertThat(ask("plain", "192.0.2.2", "c1", "amy", "password")).isInstanceOf(Accepted.class);
    }

    @Test
    void manyAddressesThatTryOneUserDoNotLockHimOut() {
        for (int i = 1; i < 200; i++) {
            assertRefused(ask("plain", "198.51.100." + i, "bad", "bob", "x" + i), Reason.BAD_CREDENTIALS);
        }
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
    }

    @Test
    void attemptsThatWaitWhileTheBudgetEndsAreNotHashed() {
        hashes.room = 100;
        List<AuthResult> results = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            begin(attempt("plain", "192.0.2.1", "c1", "bob", "wrong" + i, true), results);
        }
        hashes.run();
        time.pass(Duration.ofSeconds(10), hashes::run);
        assertThat(results.stream().map(result -> ((Refused) result).reason()))
                .hasSize(50)
                .filteredOn(Reason.BAD_CREDENTIALS::equals)
                .hasSize(3 + (int) FailureLimiter.PATIENCE.toSeconds());
    }

    @Test
    void goodSignaturesAndKnownPasswordsGetInAtOnceWhileOthersGuess() {
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
        guess("192.0.2.1", "bob", 3);
        assertThat(ask("plain", "192.0.2.1", "c2", "bob", "secret")).isInstanceOf(Accepted.class);
        for (int i = 0; i < 10; i++) {
            ask("fleet", "192.0.2.1", DEVICE, "Signature|key1|fleet", "x" + i);
        }
        assertRefused(ask("fleet", "192.0.2.1", DEVICE, "Signature|key1|fleet", "x"), Reason.RATE_LIMITED);
        String signature = Signatures.sign("XXXXX", DEVICE);
        assertThat(ask("fleet", "192.0.2.1", DEVICE, "Signature|key1|fleet", signature))
                .isInstanceOf(Accepted.class);
        assertThat(ask("plain", "192.0.2.1", "c1", "amy", "password")).isInstanceOf(Accepted.class);
        assertThat(ask("everyone", "192.0.2.1", "c1", null, null)).isInstanceOf(Accepted.class);
    }

    @Test
    void whatWasRightFromElsewhereDoesNotTellGuessesApart() {
        assertThat(ask("plain", "192.0.2.9", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
        guess("192.0.2.1", "bob", 3);
        List<AuthResult> results = new ArrayList<>();
        begin(attempt("plain", "192.0.2.1", "c2", "bob", "secret", true), results);
        assertThat(results).isEmpty();
        time.pass(Duration.ofSeconds(1), hashes::run);
        assertThat(results).hasSize(1).allMatch(Accepted.class::isInstance);
    }

    @Test
    void aFleetWithGoodCredentialsIsNeverLimited() {
        hashes.room = 10_000;
        List<AuthResult> results = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String clientId = "GID_Test@@@" + i;
            begin(attempt("plain", "192.0.2.1", "c" + i, "bob", "secret", true), results);
            begin(
                    attempt(
                            "default",
                            "192.0.2.1",
                            clientId,
                            "Signature|key1|fleet",
                            Signatures.sign("XXXXX", clientId),
                            true),
                    results);
        }
        hashes.run();
        assertThat(results).hasSize(1_000).allMatch(Accepted.class::isInstance);
    }

    @Test
    void missingCredentialsAndBadClientIdsDoNotCountAsFailures() {
        for (int i = 0; i < 10; i++) {
            assertRefused(ask("noone", "192.0.2.1", "c1", null, null), Reason.NOT_AUTHORIZED);
            assertRefused(ask("fleet", "192.0.2.1", "c1", null, null), Reason.IDENTIFIER_REJECTED);
            assertRefused(ask("plain", "192.0.2.1", "c1", "bob", null), Reason.BAD_CREDENTIALS);
        }
        assertThat(ask("plain", "192.0.2.1", "c1", "bob", "secret")).isInstanceOf(Accepted.class);
    }

    private void guess(String address, String user, int times) {
        for (int i = 0; i < times; i++) {
            begin(attempt("plain", address, "bad", user, "wrong" + i, true), new ArrayList<>());
            hashes.run();
        }
    }

    private AuthResult ask(
            String listener, String address, String clientId, @Nullable String username, @Nullable String password) {
        return ask(attempt(listener, address, clientId, username, password, true));
    }

    private void begin(ConnectAttempt attempt, List<AuthResult> results) {
        authenticator.authenticate(attempt, () -> {}, results::add);
    }

    private AuthResult ask(ConnectAttempt attempt) {
        List<AuthResult> results = new ArrayList<>();
        begin(attempt, results);
        hashes.run();
        assertThat(results).hasSize(1);
        return results.getFirst();
    }

    private static ConnectAttempt attempt(
            String listener,
            String address,
            String clientId,
            @Nullable String username,
            @Nullable String password,
            boolean clean) {
        byte[] bytes = password == null ? null : password.getBytes(UTF_8);
        return new ConnectAttempt(
                ConnectAttempt.Reach.all(listener),
                new InetSocketAddress(address, 50_000),
                clientId,
                username,
                bytes,
                clean,
                false);
    }

    private static void assertRefused(AuthResult result, Reason reason) {
        assertThat(result).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.detail()).contains(": ");
        });
    }
}
