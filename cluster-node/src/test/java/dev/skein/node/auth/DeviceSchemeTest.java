package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.persistence.api.DeviceCredential;
import dev.skein.protocol.apsara.Signatures;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceSchemeTest {
    private final Views views = Views.of(
            "fleet { mode = apsara, groups = [GID_Test], access-keys = [{ id = key1, secret = XXXXX, account = acme }] }");
    private final Devices devices = new Devices();
    private final DeviceService service = new DeviceService(devices, views, InstantSource.system(), new SecureRandom());
    private final List<AuthResult> results = new ArrayList<>();
    private final DeviceScheme scheme;

    DeviceSchemeTest() {
        ManualTimer time = new ManualTimer();
        scheme = new DeviceScheme(
                views,
                new RegistryCredentials(views, devices),
                new FailureLimiter(new AuthSettings(3, 1, 100, 1, 40, 100), time::nanos, time));
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().resultNow();
    }

    private AuthResult connect(String username, String clientId, String password) {
        results.clear();
        ConnectAttempt attempt = new ConnectAttempt(
                ConnectAttempt.Reach.all("default"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                clientId,
                username,
                password.getBytes(UTF_8),
                true,
                false);
        assertThat(scheme.check(attempt, () -> {}, results::add)).isTrue();
        assertThat(results).hasSize(1);
        return results.getFirst();
    }

    private AuthResult connect(DeviceCredential credential, String clientId) {
        return connect(
                "DeviceCredential|" + credential.keyId() + "|fleet",
                clientId,
                Signatures.sign(credential.secret(), clientId));
    }

    @Test
    void aDeviceIsOfTheAccountThatRegisteredIt() {
        DeviceCredential made = now(service.register("fleet", "GID_Test@@@1", "key1"));
        assertThat(made.keyId()).matches("DC\\.[A-Za-z0-9_-]{20}");
        assertThat(made.secret()).matches("DC\\.[A-Za-z0-9_-]{32}");
        AuthResult result = connect(made, "GID_Test@@@1");
        assertThat(result)
                .isEqualTo(
                        new Accepted(new Identity("fleet", "GID_Test@@@1", made.keyId(), "GID_Test", "account:acme")));
        Identity identity = ((Accepted) result).identity();
        assertThat(Standing.lost(Objects.requireNonNull(views.find("fleet")), identity))
                .as("rules that change do not end it")
                .isNull();
    }

    @Test
    void itsSecretIsForItsClientAlone() {
        DeviceCredential made = now(service.register("fleet", "GID_Test@@@1", "key1"));
        assertThat(connect(made, "GID_Test@@@2"))
                .isEqualTo(new Refused(
                        Reason.BAD_CREDENTIALS,
                        "clientId: GID_Test@@@2 (expected: that of device credential " + made.keyId()
                                + ", GID_Test@@@1)"));
    }

    @Test
    void theNewestCounts() {
        DeviceCredential first = now(service.register("fleet", "GID_Test@@@1", "key1"));
        DeviceCredential second = now(service.refresh("fleet", "GID_Test@@@1")).orElseThrow();
        assertThat(second.keyId()).isEqualTo(first.keyId());
        assertThat(connect(first, "GID_Test@@@1"))
                .isEqualTo(new Refused(
                        Reason.BAD_CREDENTIALS,
                        "password: wrong for device credential " + first.keyId()
                                + " (expected: Base64 of HMAC-SHA1 of the client ID)"));
        assertThat(connect(second, "GID_Test@@@1")).isInstanceOf(Accepted.class);
        DeviceCredential third = now(service.register("fleet", "GID_Test@@@1", "key1"));
        assertThat(connect(second, "GID_Test@@@1")).isInstanceOf(Refused.class);
        assertThat(connect(third, "GID_Test@@@1")).isInstanceOf(Accepted.class);
        assertThat(now(service.unregister("fleet", "GID_Test@@@1"))).isTrue();
        assertThat(((Refused) connect(third, "GID_Test@@@1")).detail())
                .isIn(
                        "device credential: " + third.keyId() + " (expected: one of instance fleet)",
                        "client ID GID_Test@@@1 at localhost/127.0.0.1: too many failed (expected:"
                                + " skein.auth.failures-burst, then failures-per-second)");
        assertThat(now(service.refresh("fleet", "GID_Test@@@1"))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            value = {
                "DeviceCredential|DC.x~          username: cannot be read (expected: DeviceCredential|<DeviceAccessKeyId>|<InstanceId>)",
                "DeviceCredential|key1|fleet~    username: cannot be read (expected: DeviceCredential|<DeviceAccessKeyId>|<InstanceId>)",
                "DeviceCredential|DC.x|nowhere~  instance: nowhere (expected: one that skein.instances configures)",
                "DeviceCredential|DC.x|fleet~    device credential: DC.x (expected: one of instance fleet)",
            })
    void whatIsNotKnownIsNamed(String username, String detail) {
        assertThat(connect(username, "GID_Test@@@1", "x")).isEqualTo(new Refused(Reason.BAD_CREDENTIALS, detail));
    }

    @Test
    void clientIdsAreThoseOfTheInstance() {
        assertThat(service.violation("fleet", "GID_Test@@@1")).isNull();
        assertThat(service.violation("fleet", "x")).isNotNull();
        assertThat(service.violation("default", "x")).isNull();
        assertThat(service.violation("default", "")).isNotNull();
    }
}
