package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.conformance.ScramClient;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramSchemeTest {
    // Of "secret", made with Python's hashlib.
    private static final String SCRAM = "SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg=="
            + "$bpSY5Ze9NUH+I35LC3gVq+DpBfK46iXBxvhAKqVu9pE=:VpYlBuxyzeCI1KnctrefdljpB1mk3Gp7sBI/t11+NkQ=";
    private static final String BCRYPT = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private static final String INSTANCES = """
            default { users = [
              { name = bob, password-hash = "%1$s" }
              { name = amy, password-hash = "%1$s", client-ids = ["%%u-*"] }
              { name = old, password-hash = "%2$s" }
            ] }
            plain { users = [{ name = bob, password-hash = "%1$s" }] }
            fleet { mode = apsara, groups = [GID_cars], users = [{ name = bob, password-hash = "%1$s" }] }
            """;

    private final ManualTimer time = new ManualTimer();
    private final Views views = Views.of(INSTANCES.formatted(SCRAM, BCRYPT));
    private final ManualHashes hashes = new ManualHashes();
    private final Told told = new Told();
    private InstanceAuthenticator node = node();

    private InstanceAuthenticator node() {
        return InstanceAuthenticator.create(
                views,
                CachedCredentials.over(new RegistryCredentials(views, new Devices()), views, 10),
                new AuthSettings(3, 1, 100, 1000, 40, 100),
                hashes,
                time::nanos,
                time,
                InstantSource.system());
    }

    private static final class Told implements EnhancedScheme.Answer {
        private final List<AuthResult> results = new ArrayList<>();
        private byte[] data = new byte[0];
        private int waits;

        @Override
        public void waits() {
            waits++;
        }

        @Override
        public void more(byte[] more) {
            data = more;
        }

        @Override
        public void accepted(Identity identity, byte[] last) {
            data = last;
            results.add(new Accepted(identity));
        }

        @Override
        public void refused(Refused refused) {
            results.add(refused);
        }

        String challenge() {
            String text = new String(data, UTF_8);
            return text.substring(text.indexOf(",s="));
        }
    }

    private record Client(String username, String password) {
        private String named() {
            return "n=" + username + ",r=fyko+d2lbbFgONRv9qkxdawL";
        }

        byte[] first() {
            return ("n,," + named()).getBytes(UTF_8);
        }

        byte[] last(byte[] challenge) {
            try {
                return new ScramClient(password, named(), new String(challenge, UTF_8))
                        .clientFinal()
                        .getBytes(UTF_8);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static ConnectAttempt attempt(String clientId, ConnectAttempt.@Nullable Certificate certificate) {
        return new ConnectAttempt(
                new ConnectAttempt.Reach("default", _ -> true, certificate),
                new InetSocketAddress("192.0.2.1", 1000),
                clientId,
                null,
                null,
                true,
                true);
    }

    private EnhancedScheme.Exchange begin(String clientId) {
        ConnectAttempt attempt = attempt(clientId, null);
        return Objects.requireNonNull(node.enhanced("SCRAM-SHA-256", attempt)).begin(attempt);
    }

    private EnhancedScheme.Exchange challenge(String clientId, Client client) {
        EnhancedScheme.Exchange exchange = begin(clientId);
        exchange.take(client.first(), told);
        return exchange;
    }

    private void logIn(String username, String password, String clientId) {
        Client client = new Client(username, password);
        EnhancedScheme.Exchange exchange = challenge(clientId, client);
        exchange.take(client.last(told.data), told);
    }

    private AuthResult result() {
        return told.results.getLast();
    }

    private void assertRefused(Reason reason) {
        assertThat(result())
                .isInstanceOfSatisfying(
                        Refused.class, it -> assertThat(it.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "bob,         c1,             default, bob",
        "amy,         amy-1,          default, amy",
        "bob@plain,   c1,             plain,   bob",
        "bob@fleet,   GID_cars@@@1,   fleet,   bob",
    })
    void whoKnowsThePasswordIsTheUser(String username, String clientId, String instance, String user) {
        logIn(username, "secret", clientId);
        assertThat(told.results).singleElement().isInstanceOfSatisfying(Accepted.class, it -> {
            assertThat(it.identity().instance()).isEqualTo(instance);
            assertThat(it.identity().username()).isEqualTo(user);
            assertThat(it.identity().owner()).isEqualTo("user:" + user);
            assertThat(it.identity().clientId()).isEqualTo(clientId);
        });
        assertThat(told.data).asString(UTF_8).startsWith("v=");
        assertThat(hashes.taken).as("no hash").isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "bob,        wrong,  c1,            BAD_CREDENTIALS",
        "nobody,     secret, c1,            BAD_CREDENTIALS",
        "old,        secret, c1,            BAD_CREDENTIALS",
        "bob@gone,   secret, c1,            BAD_CREDENTIALS",
        "amy,        secret, c1,            IDENTIFIER_REJECTED",
        "bob@fleet,  secret, GID_gone@@@1,  NOT_AUTHORIZED",
    })
    void othersAreRefused(String username, String password, String clientId, Reason reason) {
        logIn(username, password, clientId);
        assertThat(told.results).hasSize(1);
        assertRefused(reason);
    }

    @Test
    void aClientIdThatTheInstanceDoesNotTakeIsRefusedBeforeTheChallenge() {
        challenge("c1", new Client("bob@fleet", "secret"));
        assertRefused(Reason.IDENTIFIER_REJECTED);
        assertThat(told.data).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "p=tls-exporter,,n=bob,r=x"})
    void dataThatAreNoneAreRefusedAndAreNoGuess(String data) {
        for (int i = 0; i < 10; i++) {
            begin("c1").take(data.getBytes(UTF_8), told);
            assertRefused(Reason.BAD_CREDENTIALS);
        }
        logIn("bob", "secret", "c1");
        assertThat(result()).isInstanceOf(Accepted.class);
    }

    @Test
    void otherMethodsAreNotServed() {
        assertThat(node.enhanced("SCRAM-SHA-1", attempt("c1", null))).isNull();
        assertThat(node.enhanced("scram-sha-256", attempt("c1", null))).isNull();
    }

    @Test
    void whereCertificatesSayWhoClientsAreNoMethodIsServed() {
        ConnectAttempt.Certificate shown = new ConnectAttempt.Certificate("bob", "", List.of());
        assertThat(node.enhanced("SCRAM-SHA-256", attempt("c1", shown))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "old"})
    void whoHasNoHashForItLooksLikeOneWhoHas(String username) {
        Client client = new Client(username, "secret");
        challenge("c1", client);
        String first = told.challenge();
        assertThat(first).matches(",s=[A-Za-z0-9+/]{22}==,i=4096");
        challenge("c1", client);
        assertThat(told.challenge()).as("the same each time").isEqualTo(first);
        node = node();
        challenge("c1", client);
        assertThat(told.challenge()).as("on every node").isEqualTo(first);
        challenge("c1", new Client("somebody", "secret"));
        assertThat(told.challenge()).as("each name its own").isNotEqualTo(first);
        challenge("c1", new Client(username + "@plain", "secret"));
        assertThat(told.challenge()).isNotEqualTo(first);
    }

    @Test
    void madeUpOnesHaveTheFormOfTheInstancesUsers() {
        views.become("default { users = [{ name = bob, password-hash = \"%s\" }] }"
                .formatted(PasswordHashes.scram(new byte[] {'x'}, 7000, new SecureRandom())));
        challenge("c1", new Client("nobody", "secret"));
        assertThat(told.challenge()).endsWith(",i=7000");
    }

    @Test
    void aPasswordThatWasChangedAfterTheChallengeIsNotAdmitted() {
        Client client = new Client("bob", "secret");
        EnhancedScheme.Exchange exchange = challenge("c1", client);
        byte[] last = client.last(told.data);
        views.become(
                INSTANCES.formatted(PasswordHashes.scram("new".getBytes(UTF_8), 4096, new SecureRandom()), BCRYPT));
        exchange.take(last, told);
        assertRefused(Reason.BAD_CREDENTIALS);
    }

    @Test
    void guessesWaitAndTheRightPasswordGetsInBehindThem() {
        for (int i = 0; i < 3; i++) {
            logIn("bob", "wrong" + i, "c1");
        }
        assertThat(told.results).hasSize(3);
        assertThat(told.waits).isZero();
        logIn("bob", "wrong", "c1");
        logIn("bob", "secret", "c1");
        assertThat(told.results).as("both wait").hasSize(3);
        assertThat(told.waits).isEqualTo(2);
        time.pass(Duration.ofSeconds(1));
        assertThat(told.results).hasSize(4);
        assertRefused(Reason.BAD_CREDENTIALS);
        time.pass(Duration.ofSeconds(1));
        assertThat(result()).isInstanceOf(Accepted.class);
        logIn("amy", "secret", "amy-1");
        assertThat(result()).as("others do not wait").isInstanceOf(Accepted.class);
    }

    @Test
    void guessesByScramAndByPasswordAreCountedTogether() {
        for (int i = 0; i < 3; i++) {
            logIn("bob", "wrong" + i, "c1");
        }
        List<AuthResult> results = new ArrayList<>();
        ConnectAttempt plain = new ConnectAttempt(
                ConnectAttempt.Reach.all("default"),
                new InetSocketAddress("192.0.2.1", 1000),
                "c1",
                "bob",
                "secret".getBytes(UTF_8),
                true,
                true);
        node.authenticate(plain, () -> {}, results::add);
        hashes.run();
        assertThat(results).isEmpty();
        time.pass(Duration.ofSeconds(1));
        hashes.run();
        assertThat(results).singleElement().isInstanceOf(Accepted.class);
    }
}
