package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.Secret;
import dev.skein.node.registry.User;
import dev.skein.protocol.apsara.Signatures;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain, and what its schemes do when the store answers late, or fails. */
class CredentialSchemesTest {
    // bcrypt of "secret", and of "a".
    private static final String SECRET = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private static final String OTHER = "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC";
    private static final User BOB = new User("bob", new Secret(SECRET), List.of());
    private static final AccessKey KEY = new AccessKey("key1", new Secret("XXXXX"), null, List.of());
    private static final Accepted BOB_IS_IN = new Accepted(new Identity("fleet", "c1", "bob", null, "user:bob"));

    private final ManualTimer time = new ManualTimer();
    private final AuthSettings settings = new AuthSettings(3, 1, 100, 1, 40, 100);
    private final Views views = Views.of("fleet { anonymous = always }, away {}");
    private final SlowCredentials store = new SlowCredentials();
    private final FailureLimiter failures = new FailureLimiter(settings, time::nanos, time);
    private final Queue<Runnable> hashes = new ArrayDeque<>();
    private boolean hashesHaveRoom = true;
    private final SignatureScheme signature = new SignatureScheme(views, store, failures);
    private final DeviceScheme device = new DeviceScheme(views, store, failures);
    private final PasswordScheme password = new PasswordScheme(
            views,
            store,
            new HashQueue(this::queueHash, 100, 100),
            failures,
            new VerifiedCredentials(100, new SecureRandom()));
    private final AnonymousScheme anonymous = new AnonymousScheme(views);
    private final List<AuthResult> results = new ArrayList<>();

    /** Takes attempts of one user name, and notes that it was asked. */
    private record Fake(String username, AuthResult answer, List<String> asked) implements CredentialScheme {
        @Override
        public boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done) {
            asked.add(username);
            if (!username.equals(attempt.username())) {
                return false;
            }
            done.accept(answer);
            return true;
        }
    }

    @Test
    void schemesAreAskedInOrderUntilOneTakesTheAttempt() {
        List<String> asked = new ArrayList<>();
        Refused refused = new Refused(Reason.NOT_AUTHORIZED, "b: wrong (expected: right)");
        InstanceAuthenticator chain = new InstanceAuthenticator(
                List.of(
                        new Fake("a", BOB_IS_IN, asked),
                        new Fake("b", refused, asked),
                        new Fake("b", BOB_IS_IN, asked)),
                List.of());
        chain.authenticate(attempt("a", "x"), () -> {}, results::add);
        assertThat(asked).containsExactly("a");
        asked.clear();
        chain.authenticate(attempt("b", "x"), () -> {}, results::add);
        assertThat(asked).containsExactly("a", "b");
        assertThat(results).as("a refusal does not fall through").containsExactly(BOB_IS_IN, refused);
    }

    @Test
    void anAttemptThatNoSchemeTakesIsRefused() {
        InstanceAuthenticator chain =
                new InstanceAuthenticator(List.of(new Fake("a", BOB_IS_IN, new ArrayList<>())), List.of());
        chain.authenticate(attempt("b", "x"), () -> {}, results::add);
        chain.authenticate(attempt(null, null), () -> {}, results::add);
        assertThat(results)
                .hasSize(2)
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfSatisfying(
                                Refused.class, it -> assertThat(it.reason()).isEqualTo(Reason.BAD_CREDENTIALS)));
    }

    @ParameterizedTest(name = "{0}: signature {1}, mode {2}, password {3}, anonymous {4}")
    @CsvSource(
            nullValues = "null",
            value = {
                "null,                     false, false, false, true",
                "'',                       false, false, false, true",
                "bob,                      false, false, true,  false",
                "signature|key1|fleet,     false, false, true,  false",
                "Other|key1|fleet,         false, false, true,  false",
                "Token,                    false, false, true,  false",
                "Signature|,               true,  false, true,  false",
                "Signature|key1|fleet,     true,  false, true,  false",
                "Token|key1|fleet,         false, false, true,  false",
                "DeviceCredential|k|fleet, false, true,  true,  false",
            })
    void userNamesTellTheScheme(
            @Nullable String username, boolean signs, boolean hasMode, boolean isUser, boolean isNobody) {
        ConnectAttempt attempt = attempt(username, null);
        assertThat(signature.check(attempt, () -> {}, results::add)).isEqualTo(signs);
        assertThat(device.check(attempt, () -> {}, results::add)).isEqualTo(hasMode);
        assertThat(password.check(attempt, () -> {}, results::add)).isEqualTo(isUser);
        assertThat(anonymous.check(attempt, () -> {}, results::add)).isEqualTo(isNobody);
        store.answerAll();
        int takers = (signs ? 1 : 0) + (hasMode ? 1 : 0) + (isUser ? 1 : 0) + (isNobody ? 1 : 0);
        assertThat(results).as("who takes it answers, who does not is silent").hasSize(takers);
    }

    // The texts are what an operator searches the log for.
    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource(
            delimiter = '~',
            nullValues = "null",
            value = {
                "null~                 default~ x~   c1~         NOT_AUTHORIZED~      username: none (expected: one; instance default admits anonymous clients: from loopback only)",
                "null~                 noone~   x~   c1~         NOT_AUTHORIZED~      username: none (expected: one; instance noone admits anonymous clients: never)",
                "null~                 gone~    x~   c1~         SERVER_UNAVAILABLE~  instance: gone (expected: one that skein.instances configures)",
                "null~                 noone~   x~   123456789~  IDENTIFIER_REJECTED~ clientId: 123456789 (expected: <= 8 characters)",
                "Signature|key1~       noone~   x~   c1~         BAD_CREDENTIALS~     username: cannot be read (expected: Signature|<AccessKeyId>|<InstanceId>)",
                "Signature|key1|gone~  noone~   x~   c1~         BAD_CREDENTIALS~     instance: gone (expected: one that skein.instances configures)",
                "Signature|key1|noone~ noone~   x~   123456789~  IDENTIFIER_REJECTED~ clientId: 123456789 (expected: <= 8 characters)",
                "Signature|key2|noone~ noone~   x~   c1~         BAD_CREDENTIALS~     access key: key2 (expected: one of instance noone)",
                "Signature|key1|noone~ noone~   x~   c1~         BAD_CREDENTIALS~     password: wrong for access key key1 (expected: Base64 of HMAC-SHA1 of the client ID)",
                "Token|key1|noone~     noone~   x~   c1~         BAD_CREDENTIALS~     password: cannot be read (expected: R|<token>, W|<token> or RW|<token>, up to three, joined by |)",
                "DeviceCredential|k|n~ noone~   x~   c1~         BAD_CREDENTIALS~     username: cannot be read (expected: DeviceCredential|<DeviceAccessKeyId>|<InstanceId>)",
                "bob~                  gone~    x~   c1~         SERVER_UNAVAILABLE~  instance: gone (expected: one that skein.instances configures)",
                "bob~                  noone~   x~   123456789~  IDENTIFIER_REJECTED~ clientId: 123456789 (expected: <= 8 characters)",
                "bob~                  noone~   null~ c1~        BAD_CREDENTIALS~     password: none for user bob (expected: one)",
                "carl~                 noone~   x~   c1~         BAD_CREDENTIALS~     user: carl (expected: one of instance noone)",
                "bob@noone~            default~ x~   c1~         BAD_CREDENTIALS~     password: wrong for user bob of noone",
            })
    void eachRefusalNamesWhatWasWrongAndWhatIsExpected(
            @Nullable String username,
            String listener,
            @Nullable String given,
            String id,
            Reason reason,
            String detail) {
        Views several = Views.of("""
                default { anonymous = loopback }
                noone {
                  anonymous = never, limits.client-id-length = 8
                  access-keys = [{ id = key1, secret = "XXXXX" }]
                  users = [{ name = bob, password-hash = "%s" }]
                }""".formatted(SECRET));
        InstanceAuthenticator chain = InstanceAuthenticator.create(
                several,
                new RegistryCredentials(several, new Devices()),
                settings,
                Runnable::run,
                time::nanos,
                time,
                InstantSource.system());
        chain.authenticate(attempt(listener, id, username, given), () -> {}, results::add);
        assertThat(results).containsExactly(new Refused(reason, detail));
    }

    @Test
    void aSignatureIsCheckedWhenTheStoreAnswers() {
        ConnectAttempt right = attempt("Signature|key1|fleet", Signatures.sign("XXXXX", "c1"));
        assertThat(signature.check(right, () -> {}, results::add)).isTrue();
        assertThat(results).isEmpty();
        store.answerKey(Optional.of(KEY));
        assertThat(results).containsExactly(new Accepted(new Identity("fleet", "c1", "key1", null, "account:key1")));
    }

    @Test
    void aStoreThatFailsIsNoFailureOfTheClient() {
        for (int i = 0; i < 20; i++) {
            signature.check(attempt("Signature|key1|fleet", "x"), () -> {}, results::add);
            password.check(attempt("bob", "x" + i), () -> {}, results::add);
            store.fail();
        }
        assertThat(results)
                .hasSize(40)
                .allSatisfy(result -> assertThat(result).isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.SERVER_UNAVAILABLE);
                    assertThat(refused.detail()).contains("an answer of the credential store");
                }));
        assertThat(failures.size()).isZero();
    }

    @Test
    void aPasswordIsHashedOnAHashThreadHoweverLateTheStoreAnswers() {
        password.check(attempt("bob", "secret"), () -> {}, results::add);
        assertThat(hashes).as("nothing is known yet").isEmpty();
        store.answerUser(Optional.of(BOB));
        runHashes();
        assertThat(results).as("looked up again").isEmpty();
        store.answerUser(Optional.of(BOB));
        assertThat(results).as("not on the store's thread").isEmpty();
        runHashes();
        assertThat(results).containsExactly(BOB_IS_IN);
    }

    @Test
    void thePasswordThatCountsIsTheOneInTheStoreWhenTheHashIsChecked() {
        password.check(attempt("bob", "secret"), () -> {}, results::add);
        store.answerUser(Optional.of(BOB));
        runHashes();
        store.answerUser(Optional.of(new User("bob", new Secret(OTHER), List.of())));
        runHashes();
        assertThat(results)
                .containsExactly(new Refused(Reason.BAD_CREDENTIALS, "password: wrong for user bob of fleet"));
    }

    @Test
    void anInstanceThatGoesAwayWhileTheStoreIsAskedAdmitsNobody() {
        password.check(attempt("bob", "secret"), () -> {}, results::add);
        store.answerUser(Optional.of(BOB));
        runHashes();
        views.become("away {}");
        store.answerUser(Optional.of(BOB));
        runHashes();
        assertThat(results)
                .containsExactly(new Refused(
                        Reason.SERVER_UNAVAILABLE, "instance: fleet (expected: one that skein.instances configures)"));
    }

    @Test
    void guessesThatWaitForTheStoreWhileTheBudgetEndsAreNotHashed() {
        for (int i = 0; i < 9; i++) {
            password.check(attempt("bob", "guess" + i), () -> {}, results::add);
            store.answerUser(Optional.of(BOB));
        }
        runHashes();
        for (int i = 0; i < 9; i++) {
            store.answerUser(Optional.of(BOB));
        }
        runHashes();
        assertThat(results).as("the burst").hasSize(3);
        for (int i = 0; i < 6; i++) {
            store.answerUser(Optional.of(BOB)); // each begins again, and waits in line
        }
        assertThat(hashes).isEmpty();
        assertThat(results).hasSize(3);
    }

    @Test
    void aStoreThatFailsGivesTheLineToTheNext() {
        exhaust();
        List<AuthResult> first = new ArrayList<>();
        password.check(attempt("bob", "another"), () -> {}, first::add);
        password.check(attempt("bob", "secret"), () -> {}, results::add);
        store.answerAll(BOB);
        time.pass(Duration.ofSeconds(1));
        runHashes();
        store.fail();
        runHashes();
        assertThat(first).containsExactly(Refusals.noAnswer("user", "bob"));
        store.answerUser(Optional.of(BOB));
        runHashes();
        assertThat(results).containsExactly(BOB_IS_IN);
    }

    @Test
    void aFullQueueBehindALateAnswerGivesTheLineToTheNext() {
        exhaust();
        List<AuthResult> first = new ArrayList<>();
        password.check(attempt("bob", "another"), () -> {}, first::add);
        password.check(attempt("bob", "secret"), () -> {}, results::add);
        store.answerAll(BOB);
        time.pass(Duration.ofSeconds(1));
        runHashes();
        hashesHaveRoom = false;
        store.answerUser(Optional.of(BOB));
        assertThat(first)
                .containsExactly(new Refused(
                        Reason.SERVER_UNAVAILABLE,
                        "password: too many wait to be checked (expected: room in the queue)"));
        assertThat(results).as("the next finds the queue full, too").hasSize(1);
        hashesHaveRoom = true;
        results.clear();
        password.check(attempt("bob", "secret"), () -> {}, results::add);
        store.answerUser(Optional.of(BOB));
        runHashes();
        store.answerUser(Optional.of(BOB));
        runHashes();
        assertThat(results).containsExactly(BOB_IS_IN);
    }

    /** Wrong passwords until the next has to wait. */
    private void exhaust() {
        for (int i = 0; i < 3; i++) {
            password.check(attempt("bob", "wrong" + i), () -> {}, _ -> {});
            store.answerUser(Optional.of(BOB));
            runHashes();
            store.answerUser(Optional.of(BOB));
            runHashes();
        }
    }

    private void queueHash(Runnable task) {
        if (!hashesHaveRoom) {
            throw new RejectedExecutionException("full");
        }
        hashes.add(task);
    }

    private void runHashes() {
        while (!hashes.isEmpty()) {
            hashes.remove().run();
        }
    }

    private static ConnectAttempt attempt(@Nullable String username, @Nullable String password) {
        return attempt("fleet", "c1", username, password);
    }

    private static ConnectAttempt attempt(
            String listener, String clientId, @Nullable String username, @Nullable String password) {
        byte[] bytes = password == null ? null : password.getBytes(UTF_8);
        InetSocketAddress remote = new InetSocketAddress("192.0.2.1", 50_000);
        return new ConnectAttempt(ConnectAttempt.Reach.all(listener), remote, clientId, username, bytes, true, false);
    }
}
