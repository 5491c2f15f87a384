package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.protocol.apsara.Signatures;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which instances a listener leads to. */
class ListenerInstancesTest {
    private static final String SECRET = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private static final String DEVICE = "GID_Test@@@0001";

    private final Views views = Views.of("""
            default { anonymous = loopback }
            fleet { mode = apsara, groups = [GID_Test], access-keys = [{ id = key1, secret = "XXXXX" }] }
            plain { users = [{ name = bob, password-hash = "%s" }] }
            """.formatted(SECRET));
    private final ManualTimer time = new ManualTimer();
    private final InstanceAuthenticator authenticator = InstanceAuthenticator.create(
            views,
            CachedCredentials.over(new RegistryCredentials(views, new Devices()), views, 10),
            new AuthSettings(3, 1, 100, 1, 40, 100),
            Runnable::run,
            time::nanos,
            time,
            InstantSource.system());

    @Test
    void credentialsReachOnlyInstancesThatTheListenerLeadsTo() {
        ConnectAttempt.Reach closed = new ConnectAttempt.Reach("default", _ -> false);
        ConnectAttempt.Reach plain = new ConnectAttempt.Reach("default", "plain"::equals);
        String signature = Signatures.sign("XXXXX", DEVICE);

        assertThat(askThrough(plain, "c1", "bob@plain", "secret")).isInstanceOf(Accepted.class);
        assertThat(askThrough(new ConnectAttempt.Reach("plain", _ -> false), "c1", "bob", "secret"))
                .isInstanceOf(Accepted.class);
        assertThat(askThrough(new ConnectAttempt.Reach("plain", _ -> false), "c1", "bob@plain", "secret"))
                .isInstanceOf(Accepted.class);

        // As if there were no such instance: what is right elsewhere is not found out here.
        assertThat(askThrough(closed, "c1", "bob@plain", "secret"))
                .isEqualTo(askThrough(closed, "c1", "bob@plain", "wrong"));
        assertRefused(askThrough(closed, "c1", "bob@plain", "secret"), Reason.BAD_CREDENTIALS);
        assertRefused(askThrough(plain, DEVICE, "Signature|key1|fleet", signature), Reason.BAD_CREDENTIALS);
        ConnectAttempt.Reach all = ConnectAttempt.Reach.all("default");
        assertThat(askThrough(all, DEVICE, "Signature|key1|fleet", signature)).isInstanceOf(Accepted.class);
    }

    @Test
    void noFormOfANameReachesAnotherInstance() {
        ConnectAttempt.Reach closed = new ConnectAttempt.Reach("default", "fleet"::equals);
        for (String name : List.of(
                "bob@plain",
                "bob@@plain",
                "@plain",
                "bob@default@plain",
                "bob@plain@default",
                "bob@PLAIN",
                "bob@plain ")) {
            assertRefused(askThrough(closed, "c1", name, "secret"), Reason.BAD_CREDENTIALS);
        }
        String signature = Signatures.sign("XXXXX", DEVICE);
        ConnectAttempt.Reach plain = new ConnectAttempt.Reach("default", "plain"::equals);
        for (String mode : List.of("Signature", "signature", "Token", "DeviceCredential")) {
            assertThat(askThrough(plain, DEVICE, mode + "|key1|fleet", signature))
                    .isInstanceOf(Refused.class);
        }
        // What is refused does not tell whether the instance exists, or the user there.
        assertThat(text(askThrough(closed, "c1", "bob@plain", "secret")).replace("bob@plain", "?"))
                .isEqualTo(
                        text(askThrough(closed, "c1", "eve@nowhere", "secret")).replace("eve@nowhere", "?"));
    }

    private static String text(AuthResult result) {
        return ((Refused) result).detail();
    }

    @Test
    void aCertificateIsOfTheInstanceOfItsListenerWhateverTheUserNameSays() {
        ConnectAttempt.Certificate bob = new ConnectAttempt.Certificate("bob", "", List.of());
        ConnectAttempt.Reach reach = new ConnectAttempt.Reach("plain", _ -> true, bob);
        for (String name : List.of("", "bob@fleet", "Signature|key1|fleet")) {
            assertThat(askThrough(reach, DEVICE, name, "x")).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.identity().instance()).isEqualTo("plain");
                assertThat(accepted.identity().owner()).isEqualTo("certificate:bob");
            });
        }
    }

    private AuthResult askThrough(ConnectAttempt.Reach reach, String clientId, String username, String password) {
        List<AuthResult> results = new ArrayList<>();
        authenticator.authenticate(
                new ConnectAttempt(
                        reach,
                        new InetSocketAddress("192.0.2.1", 50_000),
                        clientId,
                        username,
                        password.getBytes(UTF_8),
                        true,
                        false),
                () -> {},
                results::add);
        assertThat(results).hasSize(1);
        return results.getFirst();
    }

    private static void assertRefused(AuthResult result, Reason reason) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}
